import { openRepository, type Repository } from '@cairn/store';
import { modelFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { type ReferenceInput, withVersion } from './show.ts';
import type { StoredVersion, VersionTarget } from './version-repository.ts';

/** A version, and a repository that is the holder's to close. */
export interface HeldVersion {
  readonly repository: Repository;
  readonly target: VersionTarget;
  readonly stored: StoredVersion;
}

/** Opens something of a version that outlives the call. When that fails, the repository is closed. */
export function holdVersion<T>(
  registry: Registry,
  reference: ReferenceInput,
  open: (held: HeldVersion) => Promise<T>,
): Promise<T> {
  return withVersion(registry, reference, async (_, target, stored) => {
    const repository = openRepository(modelFolder(registry, target.model));
    try {
      return await open({ repository, target, stored });
    } catch (error) {
      repository.close();
      throw error;
    }
  });
}
