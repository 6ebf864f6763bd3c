import { isPartialClone, type ObjectId, type Repository } from '@cairn/store';
import type { Registry } from '../registry/registry.ts';
import type { BringOptions, Brought } from './bringing.ts';

const NOTHING: Brought = { fetched: { objects: 0, bytes: 0 } };

/**
 * Brings those of the objects that a lazy clone lacks, in one go. Nothing happens, and nothing is loaded, where all
 * are there, or where the repository is no lazy clone. Several processes may do it at the same time: what both fetch
 * is there twice, until garbage is collected.
 *
 * Throws `not-found` when no remote is set or none has them any more, `network` when none could be reached,
 * `unsupported` where no programs may be run, `cancelled`. What arrived until then stays.
 */
export async function bringObjects(
  registry: Registry,
  repository: Repository,
  { ids, ...options }: BringOptions,
): Promise<Brought> {
  const missing = missingObjects(repository, ids);
  if (missing.length === 0) return NOTHING;
  const { fetchMissing } = await import('./fetch-missing.ts');
  return fetchMissing(registry, repository, { ...options, missing });
}

/** Those of the objects that a lazy clone lacks, each once; none in a repository that is none. */
export function missingObjects(repository: Repository, ids: Iterable<ObjectId>): ObjectId[] {
  if (!isPartialClone(repository)) return [];
  return [...new Set(ids)].filter((id) => !repository.objects.has(id));
}
