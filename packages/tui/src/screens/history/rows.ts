import type { HistoryEvent } from '@cairn/core';
import { formatTime } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import type { TableKind } from '../../list/table-state.ts';
import { EMPTY, type Line, line } from '../../text/line.ts';
import type { Tone } from '../../theme/tones.ts';

/** An event, and its place in the order in which things happened. */
export interface EventRow extends HistoryEvent {
  readonly place: number;
}

export const EVENTS_TABLE: TableKind<EventRow> = {
  keyOf: ({ place, kind }) => `${place} ${kind}`,
  textOf: (row) => `${whatHappened(row)} ${row.by.name} ${row.reason ?? ''} ${row.subject}`,
  sortKeyOf: (row, column) => {
    if (column === 'by') return row.by.name;
    return column === 'what' ? whatHappened(row) : row.place;
  },
  columns: [
    { name: 'when', descending: true },
    { name: 'what', descending: false },
    { name: 'by', descending: false },
  ],
};

export const EVENT_COLUMNS: readonly Column<EventRow>[] = [
  { name: 'when', header: 'WHEN', text: ({ at }) => formatTime(at), tone: 'faint' },
  { name: 'what', header: 'WHAT', text: whatHappened, tone: toneOf, shrinksTo: 20 },
  { name: 'by', header: 'BY', text: ({ by }) => by.name, shrinksTo: 8, leaves: 2 },
  {
    name: 'why',
    header: 'WHY',
    text: ({ reason, subject, commit }) => reason ?? (commit === null ? subject : ''),
    tone: 'faint',
    shrinksTo: 8,
    leaves: 1,
  },
];

export const NO_EVENTS: readonly Line[] = [EMPTY, line('  Nothing is known of what happened.')];

const TONES: Readonly<Partial<Record<HistoryEvent['kind'], Tone>>> = {
  'alias-moved': 'badge',
  'alias-protected': 'badge',
  'alias-unprotected': 'warning',
  'version-added': 'good',
  'version-deleted': 'bad',
};

function toneOf({ kind }: HistoryEvent): Tone {
  return TONES[kind] ?? 'plain';
}

/** A line about one event. */
export function whatHappened(event: HistoryEvent): string {
  return TEXTS[event.kind](event);
}

const TEXTS: Readonly<Record<HistoryEvent['kind'], (event: HistoryEvent) => string>> = {
  'model-created': () => 'model made',
  'model-edited': () => 'description or labels edited',
  'model-renamed': ({ from, to }) => `model renamed from ${from} to ${to}`,
  'card-edited': () => 'card edited',
  'alias-moved': ({ alias, from, to, isRollback }) => {
    if (to === null) return `alias ${alias} removed, was ${from}`;
    if (isRollback) return `alias ${alias} rolled back from ${from} to ${to}`;
    return from === null ? `alias ${alias} set to ${to}` : `alias ${alias} moved from ${from} to ${to}`;
  },
  'alias-protected': ({ alias }) => `alias ${alias} protected`,
  'alias-unprotected': ({ alias }) => `alias ${alias} no longer protected`,
  'version-added': ({ version }) => `version ${version} added`,
  'version-described': ({ version }) => `description of ${version} edited`,
  'version-renamed': ({ from, to }) => `version ${from} renamed to ${to}`,
  'version-deleted': ({ version }) => `version ${version} deleted`,
  merged: () => 'merged with what others wrote',
  other: ({ subject }) => subject,
};
