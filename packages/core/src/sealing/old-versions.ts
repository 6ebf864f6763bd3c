import { cidText, type KeyDomain } from '@cairn/crypto';
import type { Repository } from '@cairn/store';
import type { Unlock } from '../keys/unlock.ts';
import type { Registry } from '../registry/registry.ts';
import { readStoredVersion } from '../versions/version-repository.ts';
import { versionTags } from '../versions/version-tags.ts';
import { openDomain } from './domain.ts';
import { type FoundVersion, openSealedFiles, type SealedVersion } from './open-version.ts';
import { sealedFiles } from './sealed-files.ts';

/** All sealed versions of a model, the oldest first. */
export async function sealedVersions(
  repository: Repository,
  registry: Registry,
  model: string,
): Promise<FoundVersion[]> {
  const tags = await versionTags(repository, registry, model);
  const found: FoundVersion[] = [];
  for (const { name } of tags.filter(({ type }) => type === 'packaged-encrypted').reverse()) {
    const target = { model, version: name };
    const stored = await readStoredVersion(repository, target);
    found.push({ target, stored, sealed: await sealedFiles(repository, target, stored) });
  }
  return found;
}

/** Versions with the key domains that open them, each of which is opened once. */
export class OldVersions implements AsyncDisposable {
  readonly versions: readonly FoundVersion[];
  /** What they hold. */
  readonly total = { bytes: 0, files: 0 };
  readonly #domains = new Map<string, KeyDomain>();

  private constructor(versions: readonly FoundVersion[]) {
    this.versions = versions;
  }

  /** Opens every one of them once, to see that it can be. */
  static async open(
    repository: Repository,
    versions: readonly FoundVersion[],
    unlock: Unlock,
  ): Promise<OldVersions> {
    const old = new OldVersions(versions);
    try {
      for (const { target, sealed } of versions) {
        const cid = cidText(sealed.parsed.cid);
        if (old.#domains.has(cid)) continue;
        old.#domains.set(cid, await openDomain(repository, target, sealed.envelope, unlock));
      }
      for (const version of versions) await old.#count(version);
      return old;
    } catch (error) {
      await old[Symbol.asyncDispose]();
      throw error;
    }
  }

  open(version: FoundVersion): Promise<SealedVersion> {
    return openSealedFiles(this.#domains.get(cidText(version.sealed.parsed.cid))!, version);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const domain of this.#domains.values()) domain.close();
  }

  async #count(version: FoundVersion): Promise<void> {
    await using opened = await this.open(version);
    this.total.files += opened.manifest.files.length;
    for (const { size } of opened.manifest.files) this.total.bytes += size;
  }
}
