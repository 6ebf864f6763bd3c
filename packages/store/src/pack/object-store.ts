import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError, systemCode, translated } from '../errors.ts';
import { type GitObject, hashObject, type ObjectId } from '../objects/object-id.ts';
import { BaseCache } from './base-cache.ts';
import { looseObjectPath, measureLoose, readLoose } from './loose-object.ts';
import { OpenFiles } from './open-files.ts';
import type { PackFile } from './pack-file.ts';
import { PackList } from './pack-list.ts';
import { measurePacked, type ObjectSize, readPacked } from './packed-object.ts';
import { type Reading, runAsync, runSync } from './steps.ts';

export interface ReadBlobOptions {
  /**
   * A buffer to read into, of at least `blobBufferSize(sizeExpected)` bytes. The result is a view into it where
   * the blob is stored uncompressed, and good until the buffer is used again.
   */
  readonly into?: Buffer;
  /** Another size is `damaged`. */
  readonly sizeExpected?: number;
  /** Leaves the SHA-1 unread: for whoever checks the whole that the blob is a part of. */
  readonly trusted?: boolean;
}

/** Reads the objects of one repository, wherever Git has put them. Every object is checked against its id, unless told otherwise. */
export interface ObjectStore {
  /**
   * Whether an object is there, by name only. When nothing is found, packs that appeared since are looked
   * through; on a file system with coarse times, one of the last moment can be missed until {@link refresh}.
   * Throws `damaged` when an index that might list the object cannot be read.
   */
  has(id: ObjectId): boolean;
  /** Throws `not-found`, `damaged`, or `hostile` for an object above 512 MiB. */
  read(id: ObjectId): Promise<GitObject>;
  readSync(id: ObjectId): GitObject;
  /** The content of a blob; throws as {@link read} does, and `damaged` when it is not a blob. */
  readBlobSync(id: ObjectId, options?: ReadBlobOptions): Buffer;
  /** Kind and size from headers alone: nothing is unpacked or hashed. */
  sizeOf(id: ObjectId): ObjectSize;
  /** The packs that are known now. */
  packs(): readonly PackFile[];
  /** Looks for packs that came or went. */
  refresh(): void;
  /** Closes every file. Reading afterwards throws `invalid`. */
  close(): void;
}

/**
 * Opens the objects of a repository. Throws `not-found` when the folder has none, and `unsupported` when it
 * borrows objects from another repository (`objects/info/alternates`): what is borrowed would seem missing, and
 * could vanish without this repository knowing.
 */
export function openObjectStore(gitFolder: string): ObjectStore {
  const folder = join(gitFolder, 'objects');
  checkFolder(folder);
  return new RepositoryObjects(folder);
}

function checkFolder(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StoreError('not-found', `no Git objects at ${folder}`);
  }
  const alternates = join(folder, 'info', 'alternates');
  if (existsSync(alternates) && readFileSync(alternates, 'utf8').trim() !== '') {
    throw new StoreError('unsupported', `${alternates}: the repository borrows objects from another one`, {
      hint: 'copy them into it with `git repack -a -d`, then remove the file',
    });
  }
}

/** What to do with an object, depending on where it is found. */
interface Lookup<T> {
  readonly packed: (pack: PackFile, offset: number) => Reading<T>;
  readonly loose: (path: string) => Reading<T | null>;
}

class RepositoryObjects implements ObjectStore {
  readonly #folder: string;
  readonly #files = new OpenFiles();
  readonly #bases = new BaseCache<GitObject>();
  readonly #list: PackList;
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.#list = new PackList(join(folder, 'pack'), this.#files);
  }

  has(id: ObjectId): boolean {
    this.#checkOpen();
    try {
      const isLoose = () => existsSync(looseObjectPath(this.#folder, id));
      return this.#inSomePack(id) || isLoose() || (this.#list.refreshIfChanged() && this.#inSomePack(id));
    } catch (error) {
      throw translated(error, `look for object ${id}`);
    }
  }

  async read(id: ObjectId): Promise<GitObject> {
    try {
      return await runAsync(this.#files, this.#readChecked(id, {}));
    } catch (error) {
      throw translated(error, `read object ${id}`);
    }
  }

  readSync(id: ObjectId): GitObject {
    return this.#run(id, this.#readChecked(id, {}));
  }

  readBlobSync(id: ObjectId, options: ReadBlobOptions = {}): Buffer {
    const { kind, bytes } = this.#run(id, this.#readChecked(id, options));
    const expected = options.sizeExpected ?? bytes.length;
    if (kind !== 'blob' || bytes.length !== expected) {
      const got = `a ${kind} of ${bytes.length} bytes`;
      throw new StoreError('damaged', `object ${id}: expected a blob of ${expected} bytes, got ${got}`);
    }
    return bytes;
  }

  sizeOf(id: ObjectId): ObjectSize {
    return this.#run(id, this.#look(id, { packed: measurePacked, loose: measureLoose }));
  }

  packs(): readonly PackFile[] {
    return this.#list.packs;
  }

  refresh(): void {
    this.#list.refresh();
  }

  close(): void {
    this.#closed = true;
    this.#files.close();
    this.#bases.clear();
  }

  #run<T>(id: ObjectId, reading: Reading<T>): T {
    try {
      return runSync(this.#files, reading);
    } catch (error) {
      throw translated(error, `read object ${id}`);
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError('invalid', 'the object store is closed');
  }

  #inSomePack(id: ObjectId): boolean {
    const needle = Buffer.from(id, 'hex');
    let failure: unknown;
    for (const pack of this.#list.packs) {
      try {
        if (this.#list.find(pack, needle) === null) continue;
        this.#list.moveToFront(pack);
        return true;
      } catch (error) {
        if (!hasVanished(error)) failure ??= error;
      }
    }
    if (failure) throw failure;
    return false;
  }

  #readChecked(id: ObjectId, options: ReadBlobOptions): Reading<GitObject> {
    const packedOptions = { ...options, cache: this.#bases };
    const check = (object: GitObject) => (options.trusted ? object : checkId(object, id));
    return this.#look(id, {
      *packed(pack, offset) {
        return check(yield* readPacked(pack, offset, packedOptions));
      },
      *loose(path) {
        const object = yield* readLoose(path);
        return object && check(object);
      },
    });
  }

  /**
   * Tries every place where an object is listed. Another process may move it between two looks (`git gc` packs
   * loose objects, repacking replaces packs), so that a second look follows before it counts as missing.
   */
  *#look<T>(id: ObjectId, lookup: Lookup<T>): Reading<T> {
    this.#checkOpen();
    const first = yield* this.#lookOnce(id, lookup);
    if (first.found !== undefined) return first.found;
    this.#list.refresh();
    const second = yield* this.#lookOnce(id, lookup);
    if (second.found !== undefined) return second.found;
    const failure = second.failure ?? first.failure;
    if (failure !== undefined) throw failure;
    throw this.#missing(id);
  }

  /** In a partial clone what is missing was left out, and can be had: its error says so with `promised`. */
  #missing(id: ObjectId): StoreError {
    const promised = this.#list.packs.some(({ path }) => existsSync(`${path}.promisor`));
    const message = `object ${id} is not in ${this.#folder}`;
    if (!promised) return new StoreError('not-found', message, { data: { id } });
    return new StoreError('not-found', `${message}, a partial clone`, {
      hint: `fetch it: Git does so when it reads it, as in \`git cat-file -e ${id}\``,
      data: { id, promised },
    });
  }

  /** A copy that cannot be read is no reason to give up: the same object may be elsewhere. */
  *#lookOnce<T>(id: ObjectId, lookup: Lookup<T>): Reading<{ found?: T; failure?: unknown }> {
    const needle = Buffer.from(id, 'hex');
    let failure: unknown;
    for (const pack of this.#list.packs) {
      try {
        const offset = this.#list.find(pack, needle);
        if (offset === null) continue;
        const found = yield* lookup.packed(pack, offset);
        this.#list.moveToFront(pack);
        return { found };
      } catch (error) {
        if (!hasVanished(error)) failure ??= naming(error, id, pack.packPath);
      }
    }
    const path = looseObjectPath(this.#folder, id);
    try {
      const found = yield* lookup.loose(path);
      return found === null ? { failure } : { found };
    } catch (error) {
      return { failure: failure ?? naming(error, id, path) };
    }
  }
}

function checkId(object: GitObject, id: ObjectId): GitObject {
  const got = hashObject(object.kind, object.bytes);
  if (got !== id) throw new StoreError('damaged', `expected the SHA-1 ${id}, got ${got}`);
  return object;
}

function hasVanished(error: unknown): boolean {
  return systemCode(error) === 'ENOENT';
}

/** Says which object in which file could not be read. */
function naming(error: unknown, id: ObjectId, path: string): StoreError {
  const { code, message, hint, data } = translated(error, `read ${path}`);
  const text = message.includes(path) ? `object ${id}: ${message}` : `object ${id} in ${path}: ${message}`;
  return new StoreError(code, text, { ...(hint && { hint }), data: { ...data, id, path }, cause: error });
}
