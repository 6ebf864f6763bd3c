import { CairnError } from '../../errors.ts';
import { checkFilePath } from '../../file-path.ts';
import type { Origin, OriginOptions } from '../origin.ts';
import { findRun, unknownRun } from './find-run.ts';
import { frameworkOf } from './ml-model.ts';
import { openRunStore } from './open-store.ts';
import { recordRun } from './recorded-run.ts';
import type { Run } from './run.ts';
import { detailsOf } from './run-details.ts';
import { type TakenFiles, takeFiles } from './run-files.ts';
import type { RunStore } from './run-store.ts';

/**
 * A run of MLflow with all its artifacts and the models that it logged, or one path among them. `text` is its id or
 * its name, and that path behind a slash. The origin closes the store.
 */
export async function openMlflowOrigin(text: string, options: OriginOptions): Promise<Origin> {
  if (text === '') {
    throw new CairnError('invalid', 'mlflow: names no run', {
      hint: 'such as mlflow:bold-cat-12, or the id of a run; cairn source ls mlflow lists them',
    });
  }
  const store = await openRunStore(options);
  try {
    const { id, path } = await findRun(store, text);
    const run = await store.readRun(id);
    if (run === null) throw unknownRun(store, id, (await store.listRuns({ withMetrics: false })).runs);
    if (path !== undefined) checkFilePath(path);
    return await originOfRun(store, run, path);
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

async function originOfRun(store: RunStore, run: Run, path: string | undefined): Promise<Origin> {
  const taken = await takeFiles(store, run, path);
  const { details, notFinite, notes } = detailsOf(run);
  const framework = frameworkAmong(taken);
  return {
    sources: taken.sources,
    details: { ...details, ...(framework !== null && { framework }) },
    recorded: recordRun({ store, run, path, models: taken.models, notFinite }),
    metricHistories: await store.readHistories(run.id),
    notes: [...taken.notes, ...notes],
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

function frameworkAmong({ models }: TakenFiles): string | null {
  for (const { described } of models) {
    const framework = described && frameworkOf(described);
    if (framework) return framework;
  }
  return null;
}
