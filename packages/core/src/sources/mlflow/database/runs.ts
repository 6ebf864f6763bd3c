import { loggedPaths, MODEL_HISTORY_TAG } from '../model-history.ts';
import {
  type DatasetUse,
  type LoggedModel,
  moment,
  newestFirst,
  type Run,
  type RunSummary,
  runState,
} from '../run.ts';
import { KEYS_MAX, RUNS_MAX, type RunsFound } from '../run-store.ts';
import { type LastValues, lastValuesOf, lastValuesOfAll } from './metrics.ts';
import type { Row, Tables } from './tables.ts';

const RUN_COLUMNS = [
  'run_uuid',
  'name',
  'status',
  'user_id',
  'start_time',
  'end_time',
  'lifecycle_stage',
  'experiment_id',
  'artifact_uri',
  'entry_point_name',
  'source_name',
  'source_version',
];

const NO_METRICS: LastValues = { values: new Map(), isCut: false };

/** All runs that are not deleted, newest first, with what a list shows of them. */
export function listRuns(tables: Tables, { withMetrics }: { readonly withMetrics: boolean }): RunsFound {
  const experiments = experimentsOf(tables);
  const names = tagsOfAll(tables, 'mlflow.runName');
  const models = modelNamesOfAll(tables);
  const metrics = withMetrics ? lastValuesOfAll(tables) : NO_METRICS;
  const runs: RunSummary[] = [];
  let isCut = false;
  for (const row of tables.select('runs', RUN_COLUMNS, { order: ['-start_time'], limit: RUNS_MAX + 1 })) {
    const run = summaryOf(row, { experiments, names });
    isCut = runs.length === RUNS_MAX;
    if (isCut) break;
    if (run)
      runs.push({ ...run, metrics: metrics.values.get(run.id) ?? {}, models: models.get(run.id) ?? [] });
  }
  const problems = [
    ...(isCut ? [`there are more than ${RUNS_MAX} runs, of which the oldest are not looked at`] : []),
    ...(metrics.isCut ? ['there are so many metrics that not all runs have theirs in the list'] : []),
  ];
  return { runs: newestFirst(runs), problems };
}

/** All of a run but how its metrics went; `null` when there is none, or when it is deleted. */
export function readRun(tables: Tables, id: string): Run | null {
  const [row] = [...tables.select('runs', RUN_COLUMNS, { where: { run_uuid: id }, limit: 1 })];
  const tags = keyValues(tables, 'tags', id);
  const names = new Map([[id, tags['mlflow.runName'] ?? '']]);
  const summary = row && summaryOf(row, { experiments: experimentsOf(tables), names });
  if (!row || !summary) return null;
  const loggedModels = modelsOf(tables, id);
  const old = loggedPaths(tags[MODEL_HISTORY_TAG]);
  return {
    ...summary,
    metrics: lastValuesOf(tables, id),
    models: [...new Set([...loggedModels.map(({ name }) => name), ...old])],
    params: keyValues(tables, 'params', id),
    tags,
    artifactUri: row.text('artifact_uri'),
    entryPoint: row.text('entry_point_name'),
    sourceName: row.text('source_name'),
    sourceVersion: row.text('source_version'),
    loggedModels,
    datasets: datasetsOf(tables, id),
  };
}

/** A model by its id; `null` when there is none. */
export function readModel(tables: Tables, id: string): LoggedModel | null {
  const [model] = selectModels(tables, { model_id: id });
  return model ?? null;
}

type Experiments = ReadonlyMap<string, string>;

function experimentsOf(tables: Tables): Experiments {
  const columns = ['experiment_id', 'name', 'lifecycle_stage'];
  const rows = [...tables.select('experiments', columns, { limit: RUNS_MAX })];
  const active = rows.filter((row) => row.text('lifecycle_stage') !== 'deleted');
  return new Map(active.map((row) => [row.text('experiment_id') ?? '', row.text('name') ?? '']));
}

interface Known {
  readonly experiments: Experiments;
  /** Names of runs as old versions have them, in a tag. */
  readonly names: ReadonlyMap<string, string>;
}

function summaryOf(row: Row, { experiments, names }: Known): Omit<RunSummary, 'metrics' | 'models'> | null {
  const id = row.text('run_uuid');
  const experiment = row.text('experiment_id') ?? '';
  const name = experiments.get(experiment);
  if (id === null || name === undefined || row.text('lifecycle_stage') === 'deleted') return null;
  return {
    id,
    name: row.text('name') ?? names.get(id) ?? '',
    experiment: { id: experiment, name: name === '' ? experiment : name },
    state: runState(row.text('status')),
    user: row.text('user_id'),
    startedAt: moment(row.integer('start_time')),
    endedAt: moment(row.integer('end_time')),
  };
}

function tagsOfAll(tables: Tables, key: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const row of tables.select('tags', ['run_uuid', 'value'], { where: { key }, limit: RUNS_MAX }))
    tags.set(row.text('run_uuid') ?? '', row.text('value') ?? '');
  return tags;
}

function keyValues(tables: Tables, table: 'params' | 'tags', id: string): Record<string, string> {
  const rows = [
    ...tables.select(table, ['key', 'value'], { where: { run_uuid: id }, order: ['key'], limit: KEYS_MAX }),
  ];
  return Object.fromEntries(rows.map((row) => [row.text('key') ?? '', row.text('value') ?? '']));
}

/** Of MLflow 3 by the run that made them, of MLflow 2 by a tag. */
function modelNamesOfAll(tables: Tables): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const add = (run: string | null, name: string) => {
    if (run === null) return;
    const known = names.get(run) ?? [];
    if (!known.includes(name)) names.set(run, [...known, name]);
  };
  for (const { runId, name } of selectModels(tables, {})) add(runId, name);
  const history = { where: { key: MODEL_HISTORY_TAG }, limit: RUNS_MAX };
  for (const row of tables.select('tags', ['run_uuid', 'value'], history))
    for (const path of loggedPaths(row.text('value') ?? undefined)) add(row.text('run_uuid'), path);
  return names;
}

/** The models that a run has made: they name it, or it names them among its outputs. */
function modelsOf(tables: Tables, run: string): LoggedModel[] {
  const own = selectModels(tables, { source_run_id: run });
  const outputs = { source_type: 'RUN_OUTPUT', source_id: run, destination_type: 'MODEL_OUTPUT' };
  const rows = [...tables.select('inputs', ['destination_id'], { where: outputs, limit: KEYS_MAX })];
  const known = new Set(own.map(({ id }) => id));
  const others = rows.map((row) => row.text('destination_id') ?? '').filter((id) => !known.has(id));
  return [...own, ...[...new Set(others)].flatMap((id) => selectModels(tables, { model_id: id }))];
}

const MODEL_COLUMNS = [
  'model_id',
  'name',
  'artifact_location',
  'experiment_id',
  'status',
  'lifecycle_stage',
  'source_run_id',
];

/** The status of a model whose files were all written. */
const READY = '2';

function selectModels(
  tables: Tables,
  where: Readonly<Record<string, string>>,
): (LoggedModel & { readonly runId: string | null })[] {
  const selection = { where, order: ['creation_timestamp_ms', 'model_id'], limit: RUNS_MAX };
  return [...tables.select('logged_models', MODEL_COLUMNS, selection)].flatMap((row) => {
    const id = row.text('model_id');
    if (id === null || row.text('lifecycle_stage') === 'deleted') return [];
    return [
      {
        id,
        name: row.text('name') ?? id,
        artifactUri: row.text('artifact_location'),
        experimentId: row.text('experiment_id') ?? '',
        isReady: row.text('status') === READY,
        runId: row.text('source_run_id'),
      },
    ];
  });
}

function datasetsOf(tables: Tables, run: string): DatasetUse[] {
  const where = { source_type: 'DATASET', destination_type: 'RUN', destination_id: run };
  return [...tables.select('inputs', ['source_id'], { where, limit: KEYS_MAX })].flatMap((input) => {
    const selection = { where: { dataset_uuid: input.text('source_id') ?? '' }, limit: 1 };
    const [dataset] = [...tables.select('datasets', ['name', 'digest'], selection)];
    const name = dataset?.text('name');
    return name ? [{ name, digest: dataset!.text('digest') ?? '' }] : [];
  });
}
