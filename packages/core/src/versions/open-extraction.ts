import { CairnError } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import { type Extraction, plainExtraction } from './extraction.ts';
import type { StoredVersion, VersionTarget } from './version-repository.ts';

export interface VersionOpening {
  /** What a sealed version is opened with. */
  readonly unlock?: Unlock;
  /** Gives the sealed files as they are stored, which needs no key. */
  readonly sealed?: boolean;
}

/** The files of a version: those in it when it is sealed and can be opened, else those that are stored. */
export async function openExtraction(
  repository: LazyRepository,
  { target, stored }: { readonly target: VersionTarget; readonly stored: StoredVersion },
  { unlock, sealed = false }: VersionOpening,
): Promise<Extraction> {
  const what = `${target.model}@${target.version}`;
  if (stored.document.type !== 'packaged-encrypted' || sealed)
    return plainExtraction(repository, stored, what);
  const { openSealedVersion } = await import('../sealing/open-version.ts');
  const { sealedExtraction } = await import('../sealing/sealed-extraction.ts');
  const opened = await openSealedVersion(repository, target, stored, checkUnlock(unlock, what));
  return sealedExtraction(repository, opened);
}

/** Throws `refused` when there is nothing to open a sealed version with. */
export function checkUnlock(unlock: Unlock | undefined, what: string): Unlock {
  if (unlock !== undefined) return unlock;
  throw new CairnError('refused', `${what} is sealed, and opens only with a key or passphrase`, {
    hint: 'give one; what is stored can be had without, as it is, with --sealed',
    data: { reason: 'sealed' },
  });
}
