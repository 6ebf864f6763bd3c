import { join } from 'node:path';
import { CairnError } from '../../../errors.ts';
import { type YamlMap, yamlInteger, yamlText } from '../../yaml.ts';
import { loggedPaths, MODEL_HISTORY_TAG } from '../model-history.ts';
import { type DatasetUse, moment, type Run, type RunSummary, runState } from '../run.ts';
import type { Experiment } from './experiments.ts';
import { entriesOf, keyFiles, readKeys, readValue } from './key-files.ts';
import type { StoredModel } from './logged-models.ts';
import { isDeleted, META_FILE, readMeta } from './meta-file.ts';
import { lastMetricValue } from './metric-file.ts';

/** A run in the folder of its experiment. */
export interface RunPlace {
  readonly id: string;
  readonly experiment: Experiment;
  /** Models of the experiment that this run has made. */
  readonly models: readonly StoredModel[];
}

/** What a list shows of a run; `null` for one that is deleted. Throws `damaged` for one that is half-written. */
export function summarizeRun(place: RunPlace, { withMetrics }: { withMetrics: boolean }): RunSummary | null {
  const meta = runMeta(place);
  if (isDeleted(meta)) return null;
  const folder = runFolder(place);
  const old = loggedPaths(readValue(join(folder, 'tags', MODEL_HISTORY_TAG)) ?? undefined);
  return {
    ...described(place, meta),
    metrics: withMetrics ? lastValues(folder) : {},
    models: [...new Set([...place.models.map(({ name }) => name), ...old])],
  };
}

/** All of a run but how its metrics went; `null` for one that is deleted. */
export function readRunFolder(place: RunPlace): Run | null {
  const summary = summarizeRun(place, { withMetrics: true });
  if (summary === null) return null;
  const meta = runMeta(place);
  const folder = runFolder(place);
  return {
    ...summary,
    params: readKeys(join(folder, 'params')),
    tags: readKeys(join(folder, 'tags')),
    artifactUri: yamlText(meta.get('artifact_uri')),
    entryPoint: yamlText(meta.get('entry_point_name')),
    sourceName: yamlText(meta.get('source_name')),
    sourceVersion: yamlText(meta.get('source_version')),
    loggedModels: place.models,
    datasets: datasetsOf(place),
  };
}

export function runFolder({ id, experiment }: RunPlace): string {
  return join(experiment.folder, id);
}

function described(place: RunPlace, meta: YamlMap): Omit<RunSummary, 'metrics' | 'models'> {
  const { id, experiment } = place;
  const tagged = () => readValue(join(runFolder(place), 'tags', 'mlflow.runName'));
  return {
    id,
    name: yamlText(meta.get('run_name')) ?? tagged() ?? '',
    experiment: { id: experiment.id, name: experiment.name },
    state: runState(yamlText(meta.get('status'))),
    user: yamlText(meta.get('user_id')),
    startedAt: moment(yamlInteger(meta.get('start_time'))),
    endedAt: moment(yamlInteger(meta.get('end_time'))),
  };
}

function runMeta(place: RunPlace): YamlMap {
  const folder = runFolder(place);
  const meta = readMeta(folder);
  if (meta === null) {
    throw new CairnError('damaged', `the run ${place.id} has no ${META_FILE}`, {
      hint: `it was not written to its end, or was copied in part: see ${folder}`,
    });
  }
  const said = yamlText(meta.get('run_id')) ?? yamlText(meta.get('run_uuid'));
  if (said === place.id) return meta;
  throw new CairnError('damaged', `${join(folder, META_FILE)} is of the run ${said ?? '(none)'}`, {
    hint: 'the folder of a run has the id of the run for its name',
  });
}

function lastValues(folder: string): Record<string, number> {
  const values: [string, number][] = [];
  for (const [key, path] of keyFiles(join(folder, 'metrics'))) {
    const last = lastMetricValue(path);
    if (last) values.push([key, last.value]);
  }
  return Object.fromEntries(values);
}

function datasetsOf(place: RunPlace): DatasetUse[] {
  const inputs = join(runFolder(place), 'inputs');
  return entriesOf(inputs).flatMap((entry) => {
    const input = entry.isDirectory() ? readMeta(join(inputs, entry.name)) : null;
    const id = input?.get('source_type') === 'DATASET' ? yamlText(input.get('source_id')) : null;
    if (id === null || !/^[A-Za-z0-9_-]+$/.test(id)) return [];
    const dataset = readMeta(join(place.experiment.folder, 'datasets', id));
    const name = dataset && yamlText(dataset.get('name'));
    return name ? [{ name, digest: yamlText(dataset.get('digest')) ?? '' }] : [];
  });
}
