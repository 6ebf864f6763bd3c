import type { ModelStatus, RemoteStatus } from '@cairn/core';
import { formatCount } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import type { TableKind } from '../../list/table-state.ts';
import { EMPTY, type Line, line, span } from '../../text/line.ts';
import type { Tone } from '../../theme/tones.ts';

/** How a model stands to a remote. */
export interface SharingRow extends ModelStatus {
  readonly remote: string;
}

export const SHARING_TABLE: TableKind<SharingRow> = {
  keyOf: ({ remote, model }) => `${remote} ${model}`,
  textOf: ({ remote, model, state }) => `${model} ${remote} ${state}`,
  sortKeyOf: (row, column) => (column === 'state' ? row.state : column === 'remote' ? row.remote : row.model),
  columns: [
    { name: 'model', descending: false },
    { name: 'state', descending: false },
    { name: 'remote', descending: false },
  ],
};

const STATES: Readonly<Record<ModelStatus['state'], readonly [text: string, tone: Tone]>> = {
  same: ['the same', 'good'],
  ahead: ['ahead', 'accent'],
  behind: ['behind', 'warning'],
  diverged: ['diverged', 'warning'],
  unshared: ['not shared', 'faint'],
  absent: ['not here', 'warning'],
};

export const SHARING_COLUMNS: readonly Column<SharingRow>[] = [
  { name: 'model', header: 'MODEL', text: ({ model }) => model, tone: 'name', shrinksTo: 10 },
  {
    name: 'state',
    header: 'STATE',
    text: ({ state }) => STATES[state][0],
    tone: ({ state }) => STATES[state][1],
  },
  { name: 'push', header: 'TO PUSH', text: ({ toPush, edits }) => amount(toPush, edits.ahead), shrinksTo: 8 },
  {
    name: 'pull',
    header: 'TO PULL',
    text: ({ toPull, edits }) => amount(toPull, edits.behind),
    shrinksTo: 8,
  },
  {
    name: 'problems',
    header: '',
    text: ({ problems }) => problems[0]?.message ?? '',
    tone: 'bad',
    shrinksTo: 10,
    leaves: 2,
  },
  { name: 'remote', header: 'REMOTE', text: ({ remote }) => remote, tone: 'faint', leaves: 1 },
];

/** Such as `v3, v4 and 2 edits`. */
function amount(versions: readonly string[], edits: number | null): string {
  const changed = edits === null ? 'edits' : edits === 0 ? '' : formatCount(edits, 'edit');
  return [versions.join(', '), changed].filter((part) => part !== '').join(' and ');
}

export const NOT_SHARED: readonly Line[] = [
  EMPTY,
  line('  This registry is not shared, or it has no models yet.'),
  EMPTY,
  line('  ', span('n', 'key'), ' says where it is shared: any Git repository, empty at first.'),
];

export function sharingRows(remotes: readonly RemoteStatus[]): SharingRow[] {
  return remotes.flatMap(({ remote, models }) => models.map((model) => ({ ...model, remote })));
}

/** Where the registry is shared, and whether that is what the remote said just now. */
export function sharingHead(remotes: readonly RemoteStatus[], isReached: boolean): Line {
  const places = remotes.map(({ remote, url }) => `${remote}: ${url}`).join('   ');
  return line(
    ' ',
    ...(isReached ? [] : [span('not reached: as it was at the last contact  ', 'warning')]),
    span(places, 'faint'),
  );
}
