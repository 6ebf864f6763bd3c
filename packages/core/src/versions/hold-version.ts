import { openRepository } from '@cairn/store';
import { type LazyRepository, lazily } from '../lazy/lazy-repository.ts';
import type { TaskOptions } from '../progress.ts';
import { modelFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { type ReferenceInput, withVersion } from './show.ts';
import type { StoredVersion, VersionTarget } from './version-repository.ts';

/** A version, and a repository that is the holder's to close. */
export interface HeldVersion {
  readonly repository: LazyRepository;
  readonly target: VersionTarget;
  readonly stored: StoredVersion;
}

export interface HoldOptions extends Pick<TaskOptions, 'signal'> {
  /** Whether what a lazy clone lacks is brought when it is read; true when left out. */
  readonly fetch?: boolean;
}

/** Opens something of a version that outlives the call. When that fails, the repository is closed. */
export function holdVersion<T>(
  registry: Registry,
  reference: ReferenceInput,
  open: (held: HeldVersion) => Promise<T>,
  { fetch = true, signal }: HoldOptions = {},
): Promise<T> {
  return withVersion(registry, reference, async (_, target, stored) => {
    const repository = openRepository(modelFolder(registry, target.model));
    try {
      const held = fetch ? lazily(registry, repository, signal ? { signal } : {}) : repository;
      return await open({ repository: held, target, stored });
    } catch (error) {
      repository.close();
      throw error;
    }
  });
}
