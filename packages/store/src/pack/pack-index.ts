import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';
import { OBJECT_ID_SIZE, type ObjectId, objectIdAt } from '../objects/object-id.ts';
import {
  INDEX_HEAD_SIZE,
  INDEX_TRAILER_SIZE,
  type IndexEntry,
  type IndexLayout,
  LARGE_OFFSET_SIZE,
  largeOffsetPlace,
  parseIndexLayout,
  parseLargeOffset,
} from './index-format.ts';
import type { OpenFiles } from './open-files.ts';

/** Indexes up to 4 MiB (about 149,000 objects) are held in memory, larger ones are read in ranges. */
export const INDEX_LOADED_MAX = 4 * 1024 * 1024;

/** Once a search is down to this many bytes of ids, one read brings them all. */
const SEARCH_READ_SIZE = 4096;

/** Bytes of an index, from memory or from the file. */
type ByteSource = (offset: number, length: number) => Buffer;

/**
 * The index of one pack: which objects are in it, and where.
 *
 * A loaded index has been checked against its own checksum. Of a larger one only the layout has: a search in a
 * damaged table can miss an object, and what it finds is checked when the object is read.
 */
export class PackIndex {
  readonly path: string;
  readonly count: number;
  /** The trailer that the pack must have. */
  readonly packChecksum: Buffer;
  /** Bytes held in memory. */
  readonly loadedSize: number;
  readonly #layout: IndexLayout;
  readonly #bytesAt: ByteSource;

  /**
   * Throws `damaged` or `unsupported`, naming the file, or the platform's error when it cannot be read.
   * At most `loadedMax` bytes are held in memory.
   */
  static open(path: string, files: OpenFiles, loadedMax = INDEX_LOADED_MAX): PackIndex {
    return naming(path, () => new PackIndex(path, files, loadedMax));
  }

  private constructor(path: string, files: OpenFiles, loadedMax: number) {
    const size = files.sizeOf(path);
    const ranged: ByteSource = (offset, length) => files.readSync(path, Buffer.allocUnsafe(length), offset);
    const loaded = size <= loadedMax ? loadedIndex(ranged(0, size)) : null;
    if (loaded) files.drop(path);
    this.#bytesAt = loaded ? (offset, length) => loaded.subarray(offset, offset + length) : ranged;
    this.path = path;
    this.loadedSize = loaded ? size : 0;
    this.#layout = parseIndexLayout(this.#bytesAt(0, Math.min(size, INDEX_HEAD_SIZE)), size);
    this.count = this.#layout.count;
    this.packChecksum = Buffer.from(this.#bytesAt(this.#layout.trailer, INDEX_TRAILER_SIZE / 2));
  }

  /** Where the object with these 20 bytes as its id begins in the pack; `null` when it is not in there. */
  find(id: Buffer): number | null {
    const position = this.#positionOf(id);
    return position === null ? null : naming(this.path, () => this.#offsetAt(position));
  }

  #positionOf(id: Buffer): number | null {
    const { fanOut, ids } = this.#layout;
    let low = fanOut[id[0]!]!;
    let high = fanOut[id[0]! + 1]!;
    while ((high - low) * OBJECT_ID_SIZE > SEARCH_READ_SIZE) {
      const middle = (low + high) >>> 1;
      const order = this.#bytesAt(ids + middle * OBJECT_ID_SIZE, OBJECT_ID_SIZE).compare(id);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    if (low >= high) return null;
    const found = searchIds(this.#bytesAt(ids + low * OBJECT_ID_SIZE, (high - low) * OBJECT_ID_SIZE), id);
    return found === null ? null : low + found;
  }

  #offsetAt(position: number): number {
    const offset = this.#bytesAt(this.#layout.offsets + position * 4, 4).readUInt32BE();
    const large = largeOffsetPlace(this.#layout, offset);
    return large === null ? offset : parseLargeOffset(this.#bytesAt(large, LARGE_OFFSET_SIZE), 0);
  }

  /** Every object of the pack, in the order of their ids; throws `damaged` for an offset that is none. */
  entries(): IndexEntry[] {
    const { ids, crcs, offsets, largeOffsets, trailer, count } = this.#layout;
    const idTable = this.#bytesAt(ids, crcs - ids);
    const crcTable = this.#bytesAt(crcs, offsets - crcs);
    const offsetTable = this.#bytesAt(offsets, largeOffsets - offsets);
    const largeTable = this.#bytesAt(largeOffsets, trailer - largeOffsets);
    const offsetOf = (position: number): number => {
      const offset = offsetTable.readUInt32BE(position * 4);
      const large = largeOffsetPlace(this.#layout, offset);
      return large === null ? offset : parseLargeOffset(largeTable, large - largeOffsets);
    };
    return naming(this.path, () =>
      Array.from({ length: count }, (_, position) => ({
        id: objectIdAt(idTable, position * OBJECT_ID_SIZE),
        crc: crcTable.readUInt32BE(position * 4),
        offset: offsetOf(position),
      })),
    );
  }

  /** The ids of every object of the pack, sorted. */
  ids(): ObjectId[] {
    const { ids, count } = this.#layout;
    const table = this.#bytesAt(ids, count * OBJECT_ID_SIZE);
    return Array.from({ length: count }, (_, position) => objectIdAt(table, position * OBJECT_ID_SIZE));
  }
}

function loadedIndex(bytes: Buffer): Buffer {
  const end = bytes.length - INDEX_TRAILER_SIZE / 2;
  const checksum = createHash('sha1')
    .update(bytes.subarray(0, Math.max(end, 0)))
    .digest();
  if (end < 0 || !checksum.equals(bytes.subarray(end))) {
    throw new StoreError('damaged', 'its checksum does not match');
  }
  return bytes;
}

function searchIds(table: Buffer, id: Buffer): number | null {
  let low = 0;
  let high = table.length / OBJECT_ID_SIZE;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * OBJECT_ID_SIZE;
    const order = table.compare(id, 0, OBJECT_ID_SIZE, at, at + OBJECT_ID_SIZE);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return null;
}

/** Puts the file's name before what is wrong with it. */
function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StoreError) || error.message.includes(path)) throw error;
    const hint = error.hint ?? 'rebuild it with `git index-pack` from the pack beside it';
    throw new StoreError(error.code, `${path}: ${error.message}`, { hint, data: { path }, cause: error });
  }
}
