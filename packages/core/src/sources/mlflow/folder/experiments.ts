import { join } from 'node:path';
import { yamlText } from '../../yaml.ts';
import { entriesOf } from './key-files.ts';
import { isDeleted, readMeta } from './meta-file.ts';

export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
}

/** Experiments have numbers for names; what else lies beside them is the registry, the trash and other things. */
const EXPERIMENT_ID = /^\d{1,20}$/;

/** Folders of an experiment that are no runs. */
const NO_RUNS: ReadonlySet<string> = new Set([
  'tags',
  'datasets',
  'traces',
  'models',
  '.trash',
  'assessments',
]);

/** The experiments in a folder `mlruns` that are not deleted. One whose description cannot be read keeps its id for a name. */
export function experimentsIn(root: string): Experiment[] {
  const ids = entriesOf(root).filter((entry) => entry.isDirectory() && EXPERIMENT_ID.test(entry.name));
  return ids.flatMap(({ name: id }) => {
    const folder = join(root, id);
    const meta = readableMeta(folder);
    if (meta && isDeleted(meta)) return [];
    return [{ id, folder, name: (meta && yamlText(meta.get('name'))) ?? id }];
  });
}

/** The names of the folders of its runs, half-written ones among them. */
export function runIdsOf({ folder }: Experiment): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !NO_RUNS.has(entry.name))
    .map(({ name }) => name);
}

/** MLflow gives an experiment's folder to its runs before it has written what the experiment is called. */
function readableMeta(folder: string) {
  try {
    return readMeta(folder);
  } catch {
    return null;
  }
}
