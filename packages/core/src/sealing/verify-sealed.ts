import { createHash } from 'node:crypto';
import { cidText, type KeyDomain, type ManifestFile } from '@cairn/crypto';
import { asCairnError, CairnError, type CairnErrorCode } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import type { StoredVersion, VersionTarget } from '../versions/version-repository.ts';
import { openDomain } from './domain.ts';
import { openFiles } from './open-files.ts';
import { openSealedFiles, type SealedVersion } from './open-version.ts';
import { type SealedFiles, sealedFiles } from './sealed-files.ts';

/** What was found in a sealed version. */
export interface SealedFindings {
  /** Whether it was opened, so that everything in it was read. */
  readonly opened: boolean;
  /** Why it was not, when there was something to open it with: none of the version's faults. */
  readonly notOpened: CairnError | null;
  /** Files of the package that were read, and their bytes; 0 unless it was opened. */
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly { readonly path?: string; readonly error: CairnError }[];
}

export interface SealedVerifierOptions {
  readonly unlock: Unlock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of plaintext that were read, in all versions. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Verifies the sealed versions of one model, one after the other: their form without a key, and with one every file
 * to its last byte. What versions share is read once, and a key domain is opened once. Close it when done.
 */
export class SealedVerifier {
  readonly #repository: LazyRepository;
  readonly #options: SealedVerifierOptions;
  /** By a digest of the envelope in the version; the error where it does not open. */
  readonly #domains = new Map<string, KeyDomain | CairnError>();
  /** What came of each distinct file, see {@link fileDigests}. */
  readonly #files = new Map<string, CairnError | null>();
  #bytes = 0;

  constructor(repository: LazyRepository, options: SealedVerifierOptions) {
    this.#repository = repository;
    this.#options = options;
  }

  async verify(target: VersionTarget, stored: StoredVersion): Promise<SealedFindings> {
    try {
      const sealed = await sealedFiles(this.#repository, target, stored);
      if (this.#options.unlock === undefined) return CLOSED;
      const domain = await this.#domain(target, sealed, this.#options.unlock);
      if (domain instanceof CairnError) return { ...CLOSED, notOpened: domain };
      await using version = await openSealedFiles(domain, { target, stored, sealed });
      return await this.#verifyFiles(version);
    } catch (error) {
      const problem = asCairnError(error);
      if (problem.code === 'cancelled') throw problem;
      return { ...CLOSED, problems: [{ error: problem }] };
    }
  }

  close(): void {
    for (const domain of this.#domains.values()) if (!(domain instanceof CairnError)) domain.close();
    this.#domains.clear();
  }

  async #domain(
    target: VersionTarget,
    { envelope }: SealedFiles,
    unlock: Unlock,
  ): Promise<KeyDomain | CairnError> {
    const key = createHash('sha256').update(envelope).digest('hex');
    const known = this.#domains.get(key);
    if (known !== undefined) return known;
    const domain = await openDomain(this.#repository, target, envelope, unlock).catch((error) => {
      const problem = asCairnError(error);
      if (KEY_CODES.has(problem.code)) return problem;
      throw problem;
    });
    this.#domains.set(key, domain);
    return domain;
  }

  async #verifyFiles(version: SealedVersion): Promise<SealedFindings> {
    const digests = fileDigests(version);
    const fresh = version.manifest.files.filter((file) => !this.#files.has(digests.get(file)!));
    const before = this.#bytes;
    const failed = await openFiles(this.#repository, version, fresh, {
      ...(this.#options.signal && { signal: this.#options.signal }),
      onProgress: ({ bytes }) => {
        this.#bytes = before + bytes;
        this.#options.onBytes(this.#bytes);
      },
    });
    for (const file of fresh) this.#files.set(digests.get(file)!, null);
    for (const { number, error } of failed) this.#files.set(digests.get(fresh[number]!)!, error);
    const problems = version.manifest.files.flatMap((file) => {
      const error = this.#files.get(digests.get(file)!);
      return error ? [{ path: file.path, error }] : [];
    });
    const bytes = version.files.reduce((sum, { size }) => sum + size, 0);
    return { opened: true, notOpened: null, files: version.files.length, bytes, problems };
  }
}

/** What is wrong with a key, or with where keys are kept. */
const KEY_CODES: ReadonlySet<CairnErrorCode> = new Set(['wrong-key', 'refused', 'denied']);

const CLOSED: SealedFindings = { opened: false, notOpened: null, files: 0, bytes: 0, problems: [] };

/** What each file must be, and the stored objects that it is in: versions may have different ones under the same id. */
function fileDigests({ domain, manifest, sealed }: SealedVersion): Map<ManifestFile, string> {
  const objects = new Map<string, string>();
  for (const [id, { content }] of sealed.objects) {
    const parts = content.parts.map((part) => `${part.start} ${part.id}`);
    objects.set(id, createHash('sha256').update(parts.join('\n')).digest('hex'));
  }
  const digestOf = ({ sha256, extents }: ManifestFile) => {
    const places = extents.map(({ object, offset, length }) => `${objects.get(object)} ${offset} ${length}`);
    return createHash('sha256')
      .update([cidText(domain.cid), sha256, ...places].join('\n'))
      .digest('hex');
  };
  return new Map(manifest.files.map((file) => [file, digestOf(file)]));
}
