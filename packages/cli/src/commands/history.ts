import { parseMoment } from '../arguments/moment.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { eventText, reasonText } from '../event-text.ts';
import { EXIT } from '../failure.ts';
import { formatMoment } from '../output/moment.ts';
import { note, print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import {
  EVENT_SHAPE,
  type EventJson,
  eventJson,
  STANDING_SHAPE,
  type StandingJson,
  standingJson,
} from '../shapes/aliases.ts';

export const history = defineCommand({
  name: 'history',
  group: 'Aliases',
  summary: 'tell what happened to a model and its aliases',
  details: [
    'The newest first: aliases that moved, what was changed about the model and its versions, versions that were added ' +
      'and removed. It is read from the commits of the branch main, whoever made them; git log main tells the same.',
    'With --at, what each alias stood for at the end of a day, or at a time: 2026-03-01 or 2026-03-01T14:30, local ' +
      'unless a zone such as Z or +02:00 follows.',
  ],
  arguments: { model: { placeholder: '<model>', summary: 'the model', completes: 'model' } },
  options: {
    alias: { value: 'alias', summary: 'only the moves of this alias', completes: 'alias' },
    at: { value: 'day', summary: 'what each alias was then' },
  },
  examples: [
    { line: 'cairn history stockpred', does: 'tells all that happened' },
    {
      line: 'cairn history stockpred --alias prod',
      does: 'tells what prod was, since when, by whom and why',
    },
    { line: 'cairn history stockpred --at 2026-03-01', does: 'says what every alias was that day' },
  ],
  json: [
    { list: true, shape: EVENT_SHAPE },
    { when: 'with --at', list: true, shape: STANDING_SHAPE },
  ],
  async run(context, { arguments: { model: text }, options }) {
    return withRegistry(context, async (open) => {
      const { model, version } = open.core.parseReference(text);
      if (version !== undefined) throw usageError(`'${text}' is a version`, `such as cairn history ${model}`);
      if (options.at === undefined) await printEvents(context, open, { model, alias: options.alias });
      else {
        const moment = parseMoment('at', options.at);
        await printStanding(context, open, { model, alias: options.alias, moment });
      }
      return EXIT.done;
    });
  },
});

interface Asked {
  readonly model: string;
  readonly alias: string | undefined;
}

async function printEvents(
  context: Context,
  { core, registry }: OpenRegistry,
  { model, alias }: Asked,
): Promise<void> {
  const { signal } = context;
  const events = await (alias === undefined
    ? core.modelEvents(registry, model, { signal })
    : core.aliasHistory(registry, { model, alias }, { signal }));
  const list = events.map(eventJson);
  await print(context, { json: list, text: () => eventsTable(context, list) });
}

function eventsTable({ style, terminal }: Context, events: readonly EventJson[]): Promise<string> {
  return formatTable(
    [
      { header: 'WHEN' },
      { header: 'WHO' },
      { header: 'WHAT', paint: style.name },
      { header: 'WHY', shrinks: true },
    ],
    events.map((event) => [formatMoment(event.at), event.by.name, eventText(event), reasonText(event)]),
    { width: terminal.out.columns, style },
  );
}

async function printStanding(
  context: Context,
  { core, registry }: OpenRegistry,
  { model, alias, moment }: Asked & { readonly moment: Date },
): Promise<void> {
  const all = await core.aliasesAt(registry, model, moment, { signal: context.signal });
  const list = all.filter((each) => alias === undefined || each.alias === alias).map(standingJson);
  await print(context, { json: list, text: () => standingTable(context, list) });
  if (list.length > 0) return;
  const which = alias === undefined ? 'had no aliases' : `had no alias ${alias}`;
  await note(context, `${model} ${which} then`);
}

function standingTable(
  { style, terminal }: Context,
  standing: readonly StandingJson[],
): Promise<string> | string {
  if (standing.length === 0) return '';
  return formatTable(
    [
      { header: 'ALIAS', paint: style.good },
      { header: 'VERSION', paint: style.name },
      { header: 'SINCE' },
      { header: 'BY' },
      { header: 'WHY', shrinks: true },
    ],
    standing.map(({ alias, version, since, by, reason }) => [
      alias,
      version,
      formatMoment(since),
      by.name,
      reason?.split('\n', 1)[0] ?? '',
    ]),
    { width: terminal.out.columns, style },
  );
}
