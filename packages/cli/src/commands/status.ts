import { formatCount, formatSize } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { note, print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { present } from '../present.ts';
import { withRegistry } from '../registry.ts';
import { SHARING_PROBLEM_SHAPE, STATUS_SHAPE, type StatusJson, statusJson } from '../shapes/sharing.ts';
import { noteProblems } from '../sharing-text.ts';

export const status = defineCommand({
  name: 'status',
  group: 'Share',
  summary: 'say how the registry stands to its remotes',
  details: [
    'What a push would send and a pull would bring, model by model; those that are the same on both sides are counted. ' +
      'Only names are asked for, and nothing is changed.',
  ],
  arguments: {
    models: {
      placeholder: '<model>',
      summary: 'these models alone',
      optional: true,
      many: true,
      completes: 'model',
    },
  },
  options: {
    remote: { value: 'name', summary: 'one remote; all if left out' },
    offline: { summary: 'do not ask: tell what was known when the remote was last asked' },
    weights: { summary: 'say which weights are not here yet, too' },
  },
  examples: [
    { line: 'cairn status', does: 'asks all remotes what they have' },
    { line: 'cairn status --weights', does: 'says how much of a lazy clone is still to be fetched' },
    { line: 'cairn status --offline', does: 'says what is new here since the last push or pull' },
  ],
  json: [
    { list: true, shape: STATUS_SHAPE },
    { when: 'in its problems', shape: SHARING_PROBLEM_SHAPE },
  ],
  async run(context, { arguments: { models }, options }) {
    return withRegistry(context, async ({ core, registry }) => {
      const { remote, offline, weights } = options;
      const { signal } = context;
      const chosen = { offline, weights, signal };
      const named = present({ remote, models: models.length > 0 ? models : undefined });
      const statuses = (await core.sharingStatus(registry, { ...chosen, ...named })).map(statusJson);
      await print(context, { json: statuses, text: () => statusText(context, statuses) });
      if (statuses.length === 0)
        await note(context, 'not shared yet; say where with cairn remote add origin <url>');
      for (const each of statuses)
        await noteProblems(context, [...each.models.flatMap(({ problems }) => problems), ...each.problems]);
      return EXIT.done;
    });
  },
});

async function statusText(context: Context, statuses: readonly StatusJson[]): Promise<string> {
  const texts: string[] = [];
  for (const each of statuses) texts.push(await remoteText(context, each));
  return texts.join('\n');
}

async function remoteText(context: Context, { remote, url, registry, models }: StatusJson): Promise<string> {
  const { style, terminal } = context;
  const shown = models.filter(({ state, missing }) => state !== 'same' || (missing?.bytes ?? 0) > 0);
  const same = models.filter(({ state }) => state === 'same').length;
  const lines = [`${style.name(remote)}  ${cleanLine(url)}`];
  if (registry && registry.state !== 'same')
    lines.push(`the registry's own files: ${STATES[registry.state]}`);
  if (shown.length === 0 || same > 0) {
    lines.push(`${formatCount(same, 'model')} the same on both sides`);
  }
  const head = `${lines.join('\n')}\n`;
  if (shown.length === 0) return head;
  const columns = [
    { header: 'MODEL', paint: style.name },
    { header: 'STATE' },
    { header: 'TO PUSH', shrinks: true },
    { header: 'TO PULL', shrinks: true },
    { header: 'NOT HERE', align: 'right' },
  ] as const;
  return head + (await formatTable(columns, shown.map(rowOf), { width: terminal.out.columns, style }));
}

const STATES: Readonly<Record<StatusJson['models'][number]['state'], string>> = {
  same: 'the same',
  ahead: 'ahead',
  behind: 'behind',
  diverged: 'diverged',
  unshared: 'not shared',
  absent: 'not here',
};

function rowOf({ model, state, edits, toPush, toPull, missing }: StatusJson['models'][number]): string[] {
  const isThere = state !== 'absent';
  return [
    model,
    STATES[state],
    counted(toPush, state === 'unshared' ? 0 : edits.ahead),
    counted(toPull, isThere ? edits.behind : 0),
    missing && missing.bytes > 0 ? formatSize(missing.bytes) : '',
  ];
}

/** Versions by name, and edits by their number; of some that are not here yet there is no number. */
function counted(versions: readonly string[], edits: number | null): string {
  const names =
    versions.slice(0, 5).join(', ') + (versions.length > 5 ? ` and ${versions.length - 5} more` : '');
  const edited = edits === null ? 'edits' : edits > 0 ? formatCount(edits, 'edit') : '';
  return [names, edited].filter((text) => text !== '').join(', ');
}
