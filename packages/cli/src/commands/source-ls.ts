import { resolve } from 'node:path';
import type { BentomlItem, RunListing, RunSummary } from '@cairn/core';
import { formatCount } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { note, print } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { BENTOML_ITEM_SHAPE, RUN_SHAPE, runJson } from '../shapes/sources.ts';
import { bentomlTable, runsTable } from '../sources-table.ts';

type Tool = 'mlflow' | 'bentoml';

export const sourceLs = defineCommand({
  name: 'source ls',
  group: 'Look',
  summary: 'list runs of MLflow, and models and bentos of BentoML',
  details: [
    'The newest come first, and what was deleted is left out. Without a tool both are looked at, each where it ' +
      'usually keeps its things: MLflow where MLFLOW_TRACKING_URI says, or in mlflow.db or mlruns in the working ' +
      'folder; BentoML where BENTOML_HOME says, or in ~/bentoml.',
    'Any of them is added with cairn add <model>@<version> --from mlflow:<run> or --from bentoml:<name>.',
  ],
  arguments: {
    tool: {
      placeholder: '<tool>',
      summary: 'mlflow or bentoml',
      optional: true,
      choices: ['mlflow', 'bentoml'],
    },
  },
  options: {
    uri: {
      value: 'uri',
      summary: 'where MLflow keeps its runs: mlruns, mlflow.db or a server',
      completes: 'file',
    },
    home: { value: 'dir', summary: "BentoML's own folder", completes: 'folder' },
    search: {
      value: 'text',
      summary: 'only those with this in a name, an id, an experiment, a state or a model',
    },
  },
  examples: [
    { line: 'cairn source ls', does: 'lists what is here' },
    { line: 'cairn source ls mlflow --search finished', does: 'lists the runs that have finished' },
    {
      line: 'cairn source ls mlflow --uri http://127.0.0.1:5000',
      does: 'lists the runs that a tracking server knows',
    },
  ],
  json: [
    { when: 'for MLflow', list: true, shape: RUN_SHAPE },
    { when: 'for BentoML', list: true, shape: BENTOML_ITEM_SHAPE },
  ],
  async run(context, { arguments: { tool }, options }) {
    const { uri, home, search = '' } = options;
    checkFits(tool as Tool | undefined, uri, home);
    const listing =
      tool === 'bentoml' || (!tool && home) ? null : await runsOf(context, uri, tool === undefined && !uri);
    const items = tool === 'mlflow' || (!tool && uri) ? [] : await bentomlItems(context, home);
    const runs = (listing?.runs ?? []).filter((run) => matches(search, wordsOfRun(run)));
    const found = items.filter((item) =>
      matches(search, [item.name, item.version, item.framework ?? '', item.kind]),
    );
    await print(context, {
      json: [...runs.map(runJson), ...found],
      text: async () => {
        const tables = [
          ...(runs.length > 0 ? [await runsTable(context, runs)] : []),
          ...(found.length > 0 ? [await bentomlTable(context, found)] : []),
        ];
        return tables.join('\n');
      },
    });
    for (const problem of listing?.problems ?? []) await note(context, problem);
    if (runs.length + found.length === 0) await note(context, nothing(listing, items.length));
    return EXIT.done;
  },
});

function checkFits(tool: Tool | undefined, uri: string | undefined, home: string | undefined): void {
  if (tool === 'bentoml' && uri !== undefined)
    throw usageError('--uri is for mlflow', 'the folder of BentoML is --home');
  if (tool === 'mlflow' && home !== undefined)
    throw usageError('--home is for bentoml', 'the place of MLflow is --uri');
}

/** `null` where MLflow is not here, when nobody said that it must be. */
async function runsOf(
  context: Context,
  uri: string | undefined,
  mayBeMissing: boolean,
): Promise<RunListing | null> {
  const core = await context.loadCore();
  const { variables } = context;
  const place = { workingFolder: context.workingFolder(), variables, ...present({ uri }) };
  try {
    return await withProgress(context, (task) => core.listRuns({ ...place, ...task }));
  } catch (error) {
    const isMissing = error instanceof core.CairnError && error.code === 'not-found';
    if (mayBeMissing && isMissing && !variables.MLFLOW_TRACKING_URI) return null;
    throw error;
  }
}

async function bentomlItems(context: Context, home: string | undefined): Promise<BentomlItem[]> {
  const core = await context.loadCore();
  const workingFolder = context.workingFolder();
  const given = home === undefined ? {} : { home: resolve(workingFolder, home) };
  const folder = core.bentomlHome({ ...given, variables: context.variables, workingFolder });
  return [...(await core.listBentoModels(folder)), ...(await core.listBentos(folder))];
}

function wordsOfRun({ id, name, experiment, state, user, models }: RunSummary): string[] {
  return [id, name, experiment.name, state, user ?? '', ...models];
}

function matches(search: string, words: readonly string[]): boolean {
  const wanted = search.toLowerCase();
  return words.some((word) => word.toLowerCase().includes(wanted));
}

function nothing(listing: RunListing | null, items: number): string {
  const known = (listing?.runs.length ?? 0) + items;
  if (known > 0) return `none of ${formatCount(known, 'source')} has that in it`;
  if (listing) return `no runs in ${listing.place}`;
  return 'nothing of MLflow or BentoML is here; --uri and --home name other places';
}
