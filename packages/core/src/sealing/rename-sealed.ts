import { isDeepStrictEqual } from 'node:util';
import { type Manifest, sealManifest } from '@cairn/crypto';
import { type ObjectWriter, type Repository, storeStream } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import type { StoredVersion, VersionTarget } from '../versions/version-repository.ts';
import type { PlacedFile } from '../versions/version-tree.ts';
import { storedAgain } from './base.ts';
import { ENVELOPE_FILE, MANIFEST_FILE, objectFile } from './layout.ts';
import { openSealedFiles, openSealedVersion, type SealedVersion } from './open-version.ts';
import { partSizes } from './seal-files.ts';
import { sealedFiles } from './sealed-files.ts';

/** A sealed version that is to get another name. Its keys depend on the name, so that its manifest is sealed anew. */
export class SealedRename implements AsyncDisposable {
  readonly #repository: Repository;
  readonly #version: SealedVersion;
  readonly #stored: StoredVersion;

  private constructor(repository: Repository, version: SealedVersion, stored: StoredVersion) {
    this.#repository = repository;
    this.#version = version;
    this.#stored = stored;
  }

  /** Opens the version under its old name. Throws as `openSealedVersion` does. */
  static async open(
    repository: Repository,
    target: VersionTarget,
    stored: StoredVersion,
    unlock: Unlock,
  ): Promise<SealedRename> {
    return new SealedRename(repository, await openSealedVersion(repository, target, stored, unlock), stored);
  }

  /** Stores the manifest under the new name; envelope and objects are used as they are. */
  async store(writer: ObjectWriter, to: string): Promise<PlacedFile[]> {
    const { domain, manifest, sealed } = this.#version;
    const bytes = await sealManifest(domain, { ...manifest, version: to });
    const stream = { path: MANIFEST_FILE, chunks: once(bytes), ...partSizes(domain) };
    return [
      placedAt(MANIFEST_FILE, await storeStream(writer, stream, { bytesExpected: bytes.length })),
      placedAt(ENVELOPE_FILE, storedAgain(writer, sealed.envelopeContent)),
      ...[...sealed.objects].map(([id, { content }]) =>
        placedAt(objectFile(id), storedAgain(writer, content)),
      ),
    ];
  }

  /** Whether another version is this one under its new name, from a renaming that was cut short. */
  async isSame(target: VersionTarget, other: StoredVersion): Promise<boolean> {
    if (!isDeepStrictEqual(publicFacts(other), publicFacts(this.#stored))) return false;
    try {
      const sealed = await sealedFiles(this.#repository, target, other);
      await using opened = await openSealedFiles(this.#version.domain, { target, stored: other, sealed });
      return isDeepStrictEqual(withoutName(opened.manifest), withoutName(this.#version.manifest));
    } catch (error) {
      if (asCairnError(error).code === 'damaged') return false;
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#version.close();
  }
}

/** All that is said of a version, but for its name and for its files, which the sealed manifest names. */
function publicFacts({ document: { version: _, files: __, ...facts } }: StoredVersion): object {
  return facts;
}

function withoutName({ version: _, ...manifest }: Manifest): object {
  return manifest;
}

function placedAt(path: string, stored: Omit<PlacedFile['stored'], 'executable'>): PlacedFile {
  return { path, stored: { ...stored, executable: false } };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
