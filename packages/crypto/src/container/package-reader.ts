import type { Chunks } from '../bytes/chunks.ts';
import { encodeHex } from '../bytes/hex.ts';
import { OneAtATime } from '../bytes/one-at-a-time.ts';
import { checkRange, type RangedSource } from '../bytes/ranged-source.ts';
import { wipe } from '../bytes/secret-bytes.ts';
import type { Awaitable } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import type { KeyDomain } from '../keys/key-domain.ts';
import { extentMap, extentsAt } from '../manifest/extents.ts';
import type { Manifest, ManifestFile, ManifestObject } from '../manifest/manifest.ts';
import { paddedSize } from '../manifest/padding.ts';
import { type OpenedStream, openSource } from '../stream/open-source.ts';

/** Finds a stored object by its id. */
export type ObjectLookup = (id: string) => Awaitable<RangedSource>;

/** An open object holds two segments: 8 of them 16 MiB. */
const OPEN_OBJECTS_MAX = 8;

/** The files of an opened package. Close it when done: it holds keys and plaintext. */
export class PackageReader {
  readonly manifest: Manifest;
  readonly #domain: KeyDomain;
  readonly #files: ReadonlyMap<string, ManifestFile>;
  readonly #objects: ReadonlyMap<string, ManifestObject>;
  readonly #lookup: ObjectLookup;
  readonly #turns = new OneAtATime();
  /** In the order of their last use. */
  readonly #open = new Map<string, OpenedStream>();
  #closed = false;

  constructor(domain: KeyDomain, manifest: Manifest, lookup: ObjectLookup) {
    this.manifest = manifest;
    this.#domain = domain;
    this.#files = new Map(manifest.files.map((file) => [file.path, file]));
    this.#objects = new Map(manifest.objects.map((object) => [object.id, object]));
    this.#lookup = lookup;
  }

  /** A file for reading anywhere in it; only the segments that are touched are fetched. Throws `missing`. */
  source(path: string): RangedSource {
    return this.#sourceOf(this.#file(path));
  }

  /**
   * A file from beginning to end, in chunks of a segment, each valid until the next. Throws `tampered` after
   * the last chunk when the SHA-256 of all of them is not the manifest's: keep nothing of a file that threw.
   */
  async *chunks(path: string): Chunks {
    const file = this.#file(path);
    const source = this.#sourceOf(file);
    const hasher = this.#domain.engine.sha256Hasher();
    const buffer = new Uint8Array(Math.min(this.#domain.segmentSize, file.size));
    try {
      for (let offset = 0; offset < file.size; offset += buffer.length) {
        const chunk = buffer.subarray(0, Math.min(buffer.length, file.size - offset));
        await source.read(offset, chunk);
        hasher.update(chunk);
        yield chunk;
      }
    } finally {
      wipe(buffer);
    }
    if (encodeHex(hasher.digest()) !== file.sha256) {
      throw new CryptoError('tampered', 'a file does not have the SHA-256 that its manifest says', {
        data: { path },
      });
    }
  }

  /** Forgets keys and plaintext, after the reads under way. The key domain stays open. */
  async close(): Promise<void> {
    await this.#turns.run(async () => {
      this.#closed = true;
      for (const stream of this.#open.values()) await stream.close();
      this.#open.clear();
    });
  }

  #file(path: string): ManifestFile {
    const file = this.#files.get(path);
    if (file === undefined) {
      throw new CryptoError('missing', 'no such file in the package', { data: { path } });
    }
    return file;
  }

  #sourceOf(file: ManifestFile): RangedSource {
    const map = extentMap(file.extents);
    return {
      size: file.size,
      read: async (offset, target) => {
        checkRange(file.size, offset, target.length);
        let filled = 0;
        for (const extent of extentsAt(map, offset, target.length)) {
          await this.#read(extent.object, extent.offset, target.subarray(filled, filled + extent.length));
          filled += extent.length;
        }
      },
    };
  }

  #read(id: string, offset: number, target: Uint8Array): Promise<void> {
    return this.#turns.run(async () => (await this.#object(id)).read(offset, target));
  }

  async #object(id: string): Promise<OpenedStream> {
    if (this.#closed) throw new CryptoError('invalid', 'package: read after it was closed');
    const stream = this.#open.get(id) ?? (await this.#openObject(id));
    this.#open.delete(id);
    this.#open.set(id, stream);
    return stream;
  }

  async #openObject(id: string): Promise<OpenedStream> {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= OPEN_OBJECTS_MAX) {
      this.#open.delete(oldest[0]);
      await oldest[1].close();
    }
    const object = this.#objects.get(id)!;
    return openSource(this.#domain.stream({ kind: 'object', id }), await this.#lookup(id), pinOf(object));
  }
}

function pinOf(object: ManifestObject): { readonly header: Uint8Array; readonly size: number } {
  return { header: object.header, size: paddedSize(object.size) };
}
