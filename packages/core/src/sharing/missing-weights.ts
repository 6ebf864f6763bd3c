import { isPartialClone, type Repository } from '@cairn/store';
import { presentBytes } from '../lazy/presence.ts';
import { readVersionAt } from '../versions/version-repository.ts';
import { versionsHere } from './compare-model.ts';

/** What a lazy clone has left out, and did not need so far. */
export interface MissingWeights {
  /** Versions of which something is not here. */
  readonly versions: number;
  /** Bytes of their files that are not here. What several versions share is counted for each. */
  readonly bytes: number;
}

/** Looks through all versions of a model: a tree for each folder of files, and no contents. */
export async function missingWeights(repository: Repository, model: string): Promise<MissingWeights> {
  if (!isPartialClone(repository)) return { versions: 0, bytes: 0 };
  const missing = { versions: 0, bytes: 0 };
  for (const [version, tag] of versionsHere(repository)) {
    const what = `${model}@${version}`;
    const stored = await readVersionAt(repository, { model, version }, tag).catch(() => null);
    if (stored === null) continue;
    const present = await presentBytes(repository, stored, what);
    const bytes = stored.document.files.reduce(
      (sum, { size }, index) => sum + size - (present[index] ?? 0),
      0,
    );
    missing.versions += bytes > 0 ? 1 : 0;
    missing.bytes += bytes;
  }
  return missing;
}
