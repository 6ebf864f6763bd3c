import { join } from 'node:path';
import { yamlText } from '../../yaml.ts';
import type { LoggedModel } from '../run.ts';
import type { Experiment } from './experiments.ts';
import { entriesOf } from './key-files.ts';
import { isDeleted, readMeta } from './meta-file.ts';

/** A model of MLflow 3 in the folder of its experiment, and the run that made it. */
export interface StoredModel extends LoggedModel {
  readonly runId: string | null;
}

/** The status of a model whose files were all written, as a number and as a word. */
const READY: ReadonlySet<string> = new Set(['2', 'READY']);

/** The models in the folder of an experiment, in the order in which they were made; unreadable ones are left out. */
export function modelsIn(experiment: Experiment): StoredModel[] {
  const folder = join(experiment.folder, 'models');
  const models = entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: id }) => modelAt(join(folder, id), { id, experiment }));
  return models.sort((a, b) => a.made - b.made || (a.id < b.id ? -1 : 1));
}

function modelAt(
  folder: string,
  { id, experiment }: { readonly id: string; readonly experiment: Experiment },
): (StoredModel & { readonly made: number })[] {
  const meta = readableMeta(folder);
  if (meta === null || isDeleted(meta) || meta.get('model_id') !== id) return [];
  return [
    {
      id,
      name: yamlText(meta.get('name')) ?? id,
      artifactUri: yamlText(meta.get('artifact_location')),
      experimentId: experiment.id,
      isReady: READY.has(yamlText(meta.get('status')) ?? ''),
      runId: yamlText(meta.get('source_run_id')),
      made: Number(yamlText(meta.get('creation_timestamp')) ?? 0) || 0,
    },
  ];
}

function readableMeta(folder: string) {
  try {
    return readMeta(folder);
  } catch {
    return null;
  }
}
