import {
  type CollectionResult,
  collectGarbage as collectRepository,
  planCollection as planRepository,
  StoreError,
} from '@cairn/store';
import { asCairnError, atBorder } from '../errors.ts';
import { readMain } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { COLLECTOR_TIMEOUT_MS } from '../time-limits.ts';
import { removeLocalLeftovers, sizeOfLocalLeftovers } from './local-leftovers.ts';

/** How long something that no version uses is kept, milliseconds: whoever just wrote it may be about to use it. */
export const GRACE_MS = 60 * 60_000;

export interface CollectOptions extends TaskOptions {
  /** Leaves alone what is younger, milliseconds; an hour when left out. */
  readonly graceMs?: number;
}

export interface ModelCollection {
  readonly model: string;
  /** Bytes on disk. */
  readonly freed: number;
  readonly objects: number;
  readonly packsDropped: number;
  readonly packsRewritten: number;
  /** Why nothing was done to this model: it is in use, or cannot be read. */
  readonly skipped?: string;
}

export interface CollectionReport {
  /** Bytes on disk, all models and what is left of those whose making or deletion was cut short. */
  readonly freed: number;
  readonly models: readonly ModelCollection[];
}

/** What {@link collectGarbage} would free, to the byte. Changes nothing. */
export function planCollection(registry: Registry, options: CollectOptions = {}): Promise<CollectionReport> {
  return atBorder(async () => {
    const models = await eachModel(registry, options, (repository, common) =>
      planRepository(repository, common),
    );
    return report(models, await sizeOfLocalLeftovers(registry));
  });
}

/** Frees what no version uses any more. Models that are in use are skipped, and said to be. */
export function collectGarbage(registry: Registry, options: CollectOptions = {}): Promise<CollectionReport> {
  return atBorder(async () => {
    const models = await eachModel(registry, options, (repository, common) =>
      collectRepository(repository, {
        ...common,
        timeoutMs: COLLECTOR_TIMEOUT_MS,
        ...(options.signal && { signal: options.signal }),
      }),
    );
    return report(models, await removeLocalLeftovers(registry));
  });
}

type Collect = (
  repository: Parameters<typeof planRepository>[0],
  common: { readonly graceMs: number; readonly now: Date },
) => Promise<CollectionResult>;

async function eachModel(
  registry: Registry,
  options: CollectOptions,
  collect: Collect,
): Promise<ModelCollection[]> {
  const names = await modelNames(registry);
  const collections: ModelCollection[] = [];
  for (const [index, model] of names.entries()) {
    checkCancelled(options.signal);
    options.onProgress?.({
      phase: 'collecting',
      done: 0,
      total: 0,
      files: { done: index, total: names.length },
    });
    const common = { graceMs: options.graceMs ?? GRACE_MS, now: registry.environment.now() };
    try {
      const { freed, objects, packsDropped, packsRewritten } = await withModel(
        registry,
        model,
        async (repository) => {
          // Where main is lost, so may be other refs, and what they led to must not be taken for garbage.
          await readMain(repository, model);
          return collect(repository, common);
        },
      );
      collections.push({ model, freed, objects, packsDropped, packsRewritten });
    } catch (error) {
      if (error instanceof StoreError && error.code === 'cancelled') throw error;
      const { message } = asCairnError(error);
      collections.push({ model, freed: 0, objects: 0, packsDropped: 0, packsRewritten: 0, skipped: message });
    }
  }
  return collections;
}

function report(models: readonly ModelCollection[], trash: number): CollectionReport {
  return { freed: models.reduce((sum, { freed }) => sum + freed, trash), models };
}
