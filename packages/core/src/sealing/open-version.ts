import type { KeyDomain } from '@cairn/crypto';
import type { Unlock } from '../keys/unlock.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import type { StoredVersion, VersionTarget } from '../versions/version-repository.ts';
import { openDomain } from './domain.ts';
import { type OpenedPackage, openSealedPackage } from './opened-package.ts';
import { type SealedFiles, sealedFiles } from './sealed-files.ts';

/** A version of type `packaged-encrypted`, open for reading. Close it when done: it holds keys and plaintext. */
export interface SealedVersion extends OpenedPackage, AsyncDisposable {
  readonly domain: KeyDomain;
  /** The files as they are stored. */
  readonly sealed: SealedFiles;
  close(): Promise<void>;
}

/**
 * Opens a sealed version of a repository, which must stay open for as long. Nothing but envelope and manifest is read.
 * Throws `wrong-key`, `damaged`, `hostile` or `unsupported`.
 */
export async function openSealedVersion(
  repository: LazyRepository,
  target: VersionTarget,
  stored: StoredVersion,
  unlock: Unlock,
): Promise<SealedVersion> {
  const sealed = await sealedFiles(repository, target, stored);
  const domain = await openDomain(repository, target, sealed.envelope, unlock);
  try {
    return closingDomain(await openSealedFiles(domain, { target, stored, sealed }));
  } catch (error) {
    domain.close();
    throw error;
  }
}

/** A sealed version whose files were found. */
export interface FoundVersion {
  readonly target: VersionTarget;
  readonly stored: StoredVersion;
  readonly sealed: SealedFiles;
}

/** The same with a key domain that is open, and stays so. */
export async function openSealedFiles(
  domain: KeyDomain,
  { target, stored, sealed }: FoundVersion,
): Promise<SealedVersion> {
  const opened = await openSealedPackage(domain, {
    what: `${target.model}@${target.version}`,
    name: nameInKeys(stored),
    manifest: sealed.manifest.source,
    objects: new Map([...sealed.objects].map(([id, { source }]) => [id, source])),
  });
  const close = () => opened.reader.close();
  return { ...opened, domain, sealed, close, [Symbol.asyncDispose]: close };
}

/**
 * What a sealed version was called when it was sealed, which its keys depend on. The version's name is that of its tag,
 * so that none passes for another; the model's is the one of that time, because a model is renamed without its
 * versions.
 */
export function nameInKeys({ name, document }: StoredVersion): { model: string; version: string } {
  return { model: document.model, version: name };
}

function closingDomain(version: SealedVersion): SealedVersion {
  const close = async () => {
    await version.close();
    version.domain.close();
  };
  return { ...version, close, [Symbol.asyncDispose]: close };
}
