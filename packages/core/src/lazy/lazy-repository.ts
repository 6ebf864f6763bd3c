import { isPartialClone, type ObjectId, type PartRef, type Repository } from '@cairn/store';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { bringObjects } from './bring-objects.ts';

/** Parts that are about to be read, and who waits for them where that is not said of the repository. */
export interface WantedParts extends TaskOptions {
  /** What needs them, for messages. */
  readonly what: string;
  readonly parts: Iterable<PartRef>;
}

/**
 * A repository that may be a lazy clone, for whoever reads contents. What it lacks is brought only by those who call
 * `bring`; reading an object never does that by itself.
 */
export interface LazyRepository extends Repository {
  /** Brings the parts that are not here. Left out where nothing is to be fetched: what is missing is missing then. */
  readonly bring?: (wanted: WantedParts) => Promise<void>;
}

/** The repository of a model, with what it lacks being brought from where it is shared, where programs may be run. */
export function lazily(registry: Registry, repository: Repository, task: TaskOptions = {}): LazyRepository {
  if (registry.environment.programs === undefined || !isPartialClone(repository)) return repository;
  return {
    ...repository,
    bring: async ({ parts, ...wanted }) => {
      const sizes = new Map<ObjectId, number>();
      for (const { id, size } of parts) sizes.set(id, size);
      await bringObjects(registry, repository, { ...task, ...wanted, ids: sizes.keys(), sizes });
    },
  };
}
