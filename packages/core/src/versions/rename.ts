import {
  ObjectWriter,
  type RefChange,
  type Repository,
  readRef,
  StoreError,
  splitTagSignature,
  updateRefs,
} from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import { editMain, type MainBranch, type MainEdit } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import { checkVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import type { SealedRename } from '../sealing/rename-sealed.ts';
import { sharedThrough } from '../sharing/shared-through.ts';
import { signerOf } from '../signing/signer.ts';
import type { Signer, SignOptions } from '../signing/signing.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { checkVersionIsNew, forgetOldNote, versionExists } from './new-version.ts';
import { rewriteVersion } from './rewrite-version.ts';
import { type ReferenceInput, versionReference } from './show.ts';
import { readStoredVersion, type StoredVersion, type VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';

export interface RenameVersionOptions extends SignOptions {
  /** What a sealed version is opened with. */
  readonly unlock?: Unlock;
}

export interface RenamedVersion {
  /** Whether it was signed, and is not any more: nobody has signed it under its new name. */
  readonly signatureLost: boolean;
}

/**
 * Gives a version another name, as long as it has not been shared: others may hold the old one. Its files are
 * untouched; commit and tag are written anew, by the same person at the same time. A sealed version is sealed under
 * its name, so that it takes what opens it. Throws `refused` once shared, and without that; `wrong-key`.
 *
 * The version is never without a name, nor an alias without its version: for a moment, or after a crash, both names
 * stand. To rename it once more then finishes the job.
 */
export function renameVersion(
  registry: Registry,
  reference: ReferenceInput,
  to: string,
  options: RenameVersionOptions = {},
): Promise<RenamedVersion> {
  return atBorder(async () => {
    const target = versionReference(reference);
    checkVersionName(to);
    if (to === target.version) throw versionExists(target);
    return withModel(registry, target.model, async (repository) => {
      const signer = await signerOf(registry, options);
      const stored = await readStoredVersion(repository, target);
      await checkNotShared(repository, registry, { target, stored });
      await using sealed = await openSealed(repository, { target, stored }, options.unlock);
      const signatureLost = await addName(repository, registry, { target, stored, to, sealed, signer });
      await editMain(repository, registry, {
        model: target.model,
        message: `rename ${target.version} to ${to}`,
        ...(options.sign !== undefined && { sign: options.sign }),
        change: (main) => renamedIn(main, target.version, to),
      });
      await moveRefs(repository, [{ name: TAG_PREFIX + target.version, expect: stored.tag, to: null }]);
      return { signatureLost };
    });
  });
}

async function checkNotShared(
  repository: Repository,
  registry: Registry,
  { target, stored }: Pick<NewName, 'target' | 'stored'>,
): Promise<void> {
  const shared = await sharedThrough(registry, repository, new Map([[target.version, stored.tag]]));
  if (shared === null) return;
  const { model, version } = target;
  throw new CairnError(
    'refused',
    `${model}@${version} cannot be renamed: it is shared through ${shared.remote}`,
    {
      hint: 'others may know the version by its name: add it again under the new one, and delete the old',
      data: { model, version, remote: shared.remote },
    },
  );
}

/** `null` for a version that is not sealed. */
async function openSealed(
  repository: Repository,
  { target, stored }: Pick<NewName, 'target' | 'stored'>,
  unlock: Unlock | undefined,
): Promise<SealedRename | null> {
  if (stored.document.type !== 'packaged-encrypted') return null;
  if (unlock === undefined) throw withoutKey(target);
  const { SealedRename } = await import('../sealing/rename-sealed.ts');
  return SealedRename.open(repository, target, stored, unlock);
}

interface NewName {
  readonly target: VersionTarget;
  readonly stored: StoredVersion;
  readonly to: string;
  readonly sealed: SealedRename | null;
  readonly signer: Signer | null;
}

/** Gives whether a signature was lost with the old name. */

async function addName(
  repository: Repository,
  registry: Registry,
  { target, stored, to, sealed, signer }: NewName,
): Promise<boolean> {
  const renamed = { ...target, version: to };
  const present = readRef(repository.gitDir, TAG_PREFIX + to);
  // Nothing is sealed twice in the same way, so that what a rename has left is known by what is in it.
  if (present !== null && sealed) {
    await checkIsSame(repository, renamed, sealed);
    return false;
  }
  if (present === null) {
    await checkVersionIsNew(repository, renamed);
    await forgetOldNote(repository, registry, renamed);
  }
  await using writer = await ObjectWriter.open(repository, {
    purpose: `rename ${target.model}@${target.version}`,
    timeoutMs: WRITER_TIMEOUT_MS,
  });
  const files = await sealed?.store(writer, to);
  const { tag, payload, signatureLost } = await rewriteVersion(writer, stored, {
    name: to,
    signer,
    ...(files && { files }),
  });
  if (present !== null) {
    // The same tag can only come from a rename that was cut short: everything in it is what it was.
    const there = splitTagSignature((await repository.objects.read(present)).bytes);
    if (!there.payload.equals(payload)) throw versionExists(renamed);
    return signatureLost;
  }
  await writer.commit();
  try {
    await moveRefs(repository, [{ name: TAG_PREFIX + to, expect: null, to: tag }]);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'exists') throw versionExists(renamed);
    throw error;
  }
  return signatureLost;
}

function moveRefs(repository: Repository, changes: readonly RefChange[]): Promise<void> {
  return updateRefs(repository.gitDir, changes, { timeoutMs: LOCK_TIMEOUT_MS });
}

async function checkIsSame(
  repository: Repository,
  renamed: VersionTarget,
  sealed: SealedRename,
): Promise<void> {
  if (!(await sealed.isSame(renamed, await readStoredVersion(repository, renamed))))
    throw versionExists(renamed);
}

function withoutKey({ model, version }: VersionTarget): CairnError {
  return new CairnError(
    'refused',
    `${model}@${version} is sealed under its name, and is renamed only with its key`,
    {
      hint: 'give the key or passphrase that opens it, to seal its list of files under the new name',
      data: { reason: 'sealed' },
    },
  );
}

/** Notes and aliases follow the version; the history says it even where there are none, for steps back to the old name. */
function renamedIn({ document, card, notes }: MainBranch, from: string, to: string): MainEdit {
  const aliases = Object.fromEntries(
    Object.entries(document.aliases).map(([alias, version]) => [alias, version === from ? to : version]),
  );
  return {
    document: { ...document, aliases },
    card,
    ...(notes.has(from) && { renamedNote: { from, to } }),
    message: {
      subject: `rename ${from} to ${to}`,
      reason: null,
      action: 'version-rename',
      facts: { from, to },
    },
  };
}
