import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { asCairnError } from '../../../errors.ts';
import { checkCancelled, type TaskOptions } from '../../../progress.ts';
import { locateOnDisk } from '../locate.ts';
import { HistoryBuilder, metricHistories } from '../metric-histories.ts';
import { newestFirst, type RunSummary } from '../run.ts';
import { RUNS_MAX, type RunStore } from '../run-store.ts';
import { experimentsIn, runIdsOf } from './experiments.ts';
import { readRegistry } from './folder-registry.ts';
import { type RunPlace, readRunFolder, runFolder, summarizeRun } from './folder-runs.ts';
import { entriesOf, keyFiles } from './key-files.ts';
import { modelsIn } from './logged-models.ts';
import { readMetricFile } from './metric-file.ts';

/** Runs looked at before others get their turn: the calls are synchronous, as that is ten times faster. */
const TURN_AFTER = 32;

/** The folder `mlruns`, as every MLflow before 3.7 keeps its runs, and later ones when asked to. */
export function openFolderStore(root: string, { signal }: Pick<TaskOptions, 'signal'>): RunStore {
  const turn = async () => {
    await setImmediate();
    checkCancelled(signal);
  };
  return {
    kind: 'folder',
    place: root,
    listRuns: (options) => listRuns(root, { ...options, turn }),
    readRun: async (id) => {
      const place = findRun(root, id);
      return place && readRunFolder(place);
    },
    readModel: async (id) =>
      experimentsIn(root)
        .flatMap(modelsIn)
        .find((model) => model.id === id) ?? null,
    readHistories: async (id) => {
      const place = findRun(root, id);
      const builders = new Map<string, HistoryBuilder>();
      for (const [key, path] of place ? keyFiles(join(runFolder(place), 'metrics')) : []) {
        await turn();
        const builder = new HistoryBuilder();
        readMetricFile(path, (value) => builder.add(value));
        builders.set(key, builder);
      }
      return metricHistories(builders);
    },
    listRegistered: async () => readRegistry(join(root, 'models')),
    locate: async (artifacts) => locateOnDisk(artifacts, { root, workingFolder: join(root, '..') }),
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Listing {
  readonly withMetrics: boolean;
  readonly turn: () => Promise<void>;
}

async function listRuns(root: string, { withMetrics, turn }: Listing) {
  const runs: RunSummary[] = [];
  const problems: string[] = [];
  for (const experiment of experimentsIn(root)) {
    const models = Map.groupBy(modelsIn(experiment), ({ runId }) => runId);
    for (const [index, id] of runIdsOf(experiment).entries()) {
      if (index % TURN_AFTER === 0) await turn();
      if (runs.length >= RUNS_MAX) return { runs: newestFirst(runs), problems: [...problems, tooMany(root)] };
      try {
        const run = summarizeRun({ id, experiment, models: models.get(id) ?? [] }, { withMetrics });
        if (run) runs.push(run);
      } catch (error) {
        problems.push(asCairnError(error).message);
      }
    }
  }
  return { runs: newestFirst(runs), problems };
}

function tooMany(root: string): string {
  return `${root} has more than ${RUNS_MAX} runs, of which the rest is not looked at`;
}

/** A run that an experiment has, by its id. Its models name it, or it names them among its outputs. */
function findRun(root: string, id: string): RunPlace | null {
  for (const experiment of experimentsIn(root)) {
    if (!runIdsOf(experiment).includes(id)) continue;
    const outputs = new Set(entriesOf(join(experiment.folder, id, 'outputs')).map(({ name }) => name));
    const models = modelsIn(experiment).filter((model) => model.runId === id || outputs.has(model.id));
    return { id, experiment, models };
  }
  return null;
}
