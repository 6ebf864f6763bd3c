import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import type { OpenFiles } from './open-files.ts';
import { INDEX_LOADED_MAX, PackIndex } from './pack-index.ts';

/** `PACK`, version, number of objects. */
export const PACK_HEADER_SIZE = 12;

/** SHA-1 over everything before it. */
export const PACK_TRAILER_SIZE = 20;

const PACK_MAGIC = 'PACK';

/** Versions 2 and 3 have the same layout; Git reads both and writes 2. */
const PACK_VERSION = 2;
const PACK_VERSION_MAX = 3;

/**
 * A pack and its index. Both are looked at when something is first asked of them, so that listing thousands of
 * packs costs nothing.
 */
export class PackFile {
  /** Such as `pack-<40 hex digits>`. */
  readonly name: string;
  /** Without `.pack` or `.idx`. */
  readonly path: string;
  readonly files: OpenFiles;
  #index: PackIndex | undefined;
  #end: number | undefined;

  constructor(folder: string, name: string, files: OpenFiles) {
    this.name = name;
    this.path = join(folder, name);
    this.files = files;
  }

  get packPath(): string {
    return `${this.path}.pack`;
  }

  get indexPath(): string {
    return `${this.path}.idx`;
  }

  /** Throws as {@link PackIndex.open} does. */
  get index(): PackIndex {
    return this.openIndex(INDEX_LOADED_MAX);
  }

  /** The same, with a say in how much of it may be held in memory when it is first opened. */
  openIndex(loadedMax: number): PackIndex {
    this.#index ??= PackIndex.open(this.indexPath, this.files, loadedMax);
    return this.#index;
  }

  get isIndexOpen(): boolean {
    return this.#index !== undefined;
  }

  /** Bytes of the pack, header and trailer included. */
  get size(): number {
    return this.end + PACK_TRAILER_SIZE;
  }

  /**
   * Where the entries end and the trailer begins. Throws `damaged` when the pack is not the one that its index
   * was made for, and the platform's error when it cannot be read.
   */
  get end(): number {
    this.#end ??= this.#checkedEnd();
    return this.#end;
  }

  #checkedEnd(): number {
    const size = this.files.sizeOf(this.packPath);
    const end = size - PACK_TRAILER_SIZE;
    if (end < PACK_HEADER_SIZE) throw this.#damaged(`${size} bytes are too few for a pack`);
    const header = this.files.readSync(this.packPath, Buffer.alloc(PACK_HEADER_SIZE), 0);
    const count = parsePackHeader(header);
    if (count === null) throw this.#damaged('it does not begin as a pack of version 2');
    if (count !== this.index.count) {
      throw this.#damaged(`it has ${count} objects, its index ${this.index.count}`);
    }
    const trailer = this.files.readSync(this.packPath, Buffer.alloc(PACK_TRAILER_SIZE), end);
    if (!trailer.equals(this.index.packChecksum))
      throw this.#damaged('its checksum is not the one in its index');
    return end;
  }

  /** Checks that an entry can begin at an offset. */
  checkOffset(offset: number): void {
    if (offset < PACK_HEADER_SIZE || offset >= this.end) {
      throw this.#damaged(`no entry can begin at ${offset}`);
    }
  }

  #damaged(problem: string): StoreError {
    return new StoreError('damaged', `${this.packPath}: ${problem}`, { data: { path: this.packPath } });
  }
}

/** The number of objects; `null` when this is no pack. */
export function parsePackHeader(header: Buffer): number | null {
  const version = header.readUInt32BE(4);
  const isPack = header.toString('latin1', 0, 4) === PACK_MAGIC;
  return isPack && version >= PACK_VERSION && version <= PACK_VERSION_MAX ? header.readUInt32BE(8) : null;
}

export function encodePackHeader(count: number): Buffer {
  const header = Buffer.alloc(PACK_HEADER_SIZE);
  header.write(PACK_MAGIC, 'latin1');
  header.writeUInt32BE(PACK_VERSION, 4);
  header.writeUInt32BE(count, 8);
  return header;
}
