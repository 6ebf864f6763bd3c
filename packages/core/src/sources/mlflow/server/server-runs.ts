import { loggedPaths, MODEL_HISTORY_TAG } from '../model-history.ts';
import {
  type LoggedModel,
  type LoggedValue,
  moment,
  newestFirst,
  type Run,
  type RunSummary,
  runState,
} from '../run.ts';
import { RUNS_MAX, type RunsFound } from '../run-store.ts';
import {
  checkAnswer,
  experimentsPage,
  type MetricAnswer,
  type ModelAnswer,
  modelPage,
  modelsPage,
  type RunAnswer,
  runPage,
  runsPage,
} from './answers.ts';
import type { Client } from './client.ts';

/** Experiments and runs on a page; servers allow more, and take long for it. */
const PAGE_SIZE = 1_000;

/** Models on a page: servers allow no more. */
const MODELS_PAGE_SIZE = 100;

/** All runs that are not deleted, newest first. */
export async function listServerRuns(client: Client): Promise<RunsFound> {
  const experiments = await experimentsOf(client);
  if (experiments.size === 0) return { runs: [], problems: [] };
  const ids = [...experiments.keys()];
  const models = await modelNames(client, ids);
  const runs: RunSummary[] = [];
  const query = {
    method: 'POST',
    path: 'mlflow/runs/search',
    parameters: { experiment_ids: ids, run_view_type: 'ACTIVE_ONLY', max_results: PAGE_SIZE },
  } as const;
  for await (const page of client.pages(query)) {
    const found = checkAnswer(runsPage, page, client.url).runs;
    runs.push(...found.flatMap((run) => summaryOf(run, { experiments, models })));
    if (runs.length >= RUNS_MAX) {
      const problem = `${client.url} has more than ${RUNS_MAX} runs, of which the rest is not looked at`;
      return { runs: newestFirst(runs), problems: [problem] };
    }
  }
  return { runs: newestFirst(runs), problems: [] };
}

/** All of a run but how its metrics went; `null` when there is none, or when it is deleted. */
export async function readServerRun(client: Client, id: string): Promise<Run | null> {
  const answer = await client.ask({ method: 'GET', path: 'mlflow/runs/get', parameters: { run_id: id } });
  if (answer === null) return null;
  const { run } = checkAnswer(runPage, answer, client.url);
  const outputs = run.outputs?.model_outputs ?? [];
  const found = await Promise.all(outputs.map(({ model_id }) => readServerModel(client, model_id)));
  const loggedModels = found.filter((model) => model !== null);
  const experiments = await experimentsOf(client);
  const models = new Map([[id, loggedModels.map(({ name }) => name)]]);
  const [summary] = summaryOf(run, { experiments, models });
  if (!summary) return null;
  const datasets = run.inputs?.dataset_inputs ?? [];
  return {
    ...summary,
    params: record(run.data.params),
    tags: record(run.data.tags),
    artifactUri: run.info.artifact_uri,
    entryPoint: null,
    sourceName: null,
    sourceVersion: null,
    loggedModels,
    datasets: datasets.flatMap(({ dataset }) =>
      dataset?.name ? [{ name: dataset.name, digest: dataset.digest ?? '' }] : [],
    ),
  };
}

/** A model by its id; `null` when there is none, as with every server before MLflow 3. */
export async function readServerModel(client: Client, id: string): Promise<LoggedModel | null> {
  const path = `mlflow/logged-models/${encodeURIComponent(id)}`;
  const answer = await client.ask({ method: 'GET', path });
  return answer === null ? null : modelOf(checkAnswer(modelPage, answer, client.url).model);
}

export function loggedValue({ value, timestamp, step }: MetricAnswer): LoggedValue {
  return { value, time: timestamp ?? 0, step: step ?? 0 };
}

export function record(
  pairs: readonly { readonly key: string; readonly value: string }[],
): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

async function experimentsOf(client: Client): Promise<Map<string, string>> {
  const experiments = new Map<string, string>();
  const parameters = { max_results: PAGE_SIZE, view_type: 'ACTIVE_ONLY' };
  const query = { method: 'POST', path: 'mlflow/experiments/search', parameters } as const;
  for await (const page of client.pages(query)) {
    for (const { experiment_id, name } of checkAnswer(experimentsPage, page, client.url).experiments)
      experiments.set(experiment_id, name ?? experiment_id);
  }
  return experiments;
}

/** Names of the models of MLflow 3, by the run that made them. */
async function modelNames(client: Client, experiments: readonly string[]): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  const parameters = { experiment_ids: experiments, max_results: MODELS_PAGE_SIZE };
  const query = { method: 'POST', path: 'mlflow/logged-models/search', parameters } as const;
  for await (const page of client.pages(query)) {
    for (const model of checkAnswer(modelsPage, page, client.url).models) {
      const { source_run_id: run, name } = model.info;
      if (run !== null && name !== null) names.set(run, [...(names.get(run) ?? []), name]);
    }
  }
  return names;
}

interface Known {
  readonly experiments: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, readonly string[]>;
}

function summaryOf({ info, data }: RunAnswer, { experiments, models }: Known): RunSummary[] {
  const id = info.run_id ?? info.run_uuid;
  const experiment = info.experiment_id ?? '';
  if (id === null || info.lifecycle_stage === 'deleted' || !experiments.has(experiment)) return [];
  const tags = record(data.tags);
  return [
    {
      id,
      name: info.run_name ?? tags['mlflow.runName'] ?? '',
      experiment: { id: experiment, name: experiments.get(experiment)! },
      state: runState(info.status),
      user: info.user_id,
      startedAt: moment(info.start_time ?? null),
      endedAt: moment(info.end_time ?? null),
      metrics: Object.fromEntries(data.metrics.map(({ key, value }) => [key, value])),
      models: [...new Set([...(models.get(id) ?? []), ...loggedPaths(tags[MODEL_HISTORY_TAG])])],
    },
  ];
}

/** The status of a model whose files were all written. */
const READY = 'LOGGED_MODEL_READY';

function modelOf({ info }: ModelAnswer): LoggedModel {
  return {
    id: info.model_id,
    name: info.name ?? info.model_id,
    artifactUri: info.artifact_uri,
    experimentId: info.experiment_id ?? '',
    isReady: info.status === READY,
  };
}
