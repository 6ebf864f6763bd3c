import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StoreError, translated } from '../errors.ts';
import { removeIfThere, replaceDurably, temporaryPath, writeSynced } from '../files/durable.ts';
import { WriteBack } from '../files/write-back.ts';
import type { ObjectId, ObjectKind } from '../objects/object-id.ts';
import { encodeIndex } from './index-format.ts';
import { keepPack } from './keep-file.ts';
import { PACK_SIZE_MAX } from './limits.ts';
import { encodePackHeader, PACK_HEADER_SIZE } from './pack-file.ts';
import { type EntryForm, encodeWholeEntry } from './whole-entry.ts';

export interface FinishedPack {
  /** Without `.pack` or `.idx`. */
  readonly path: string;
  /** How many objects are in it. */
  readonly ids: number;
  /** Bytes of the pack; the index comes on top. */
  readonly size: number;
}

interface Written {
  readonly offset: number;
  readonly crc: number;
}

/** A pack is full when a part of the greatest size, 4 MiB, may no longer fit; twice that, to be safe. */
const ROOM_FOR_ONE_MORE = 8 * 1024 * 1024;

/** Like Git's own packs: nobody may change them. */
const PACK_MODE = 0o444;

/**
 * Writes one pack, synchronously. Nothing is visible under a name that Git reads before {@link finish}, and
 * whoever does not come to it calls {@link abort}. All methods throw a `StoreError`; an entry that failed to be
 * written is not in the pack, and the writer stays usable.
 */
export class PackWriter {
  readonly #folder: string;
  readonly #label: string;
  readonly #temporary: string;
  readonly #temporaryIndex: string;
  readonly #writeBack: WriteBack;
  readonly #written = new Map<ObjectId, Written>();
  #fd: number | null;
  /** Once it is sealed. */
  #checksum: Buffer | null = null;
  #size = PACK_HEADER_SIZE;

  /**
   * Opens a temporary file in the repository's `objects/pack`. Its name holds the label, so that whoever gives
   * up a transaction can find what threads that no longer answer have left. A pack with a label is kept from Git
   * until `releasePacks`, which is for once its objects have refs.
   */
  static create(packFolder: string, label = ''): PackWriter {
    return new PackWriter(packFolder, label);
  }

  private constructor(folder: string, label: string) {
    this.#folder = folder;
    this.#label = label;
    this.#temporary = temporaryPath(folder, { prefix: `tmp_pack_${label}` });
    this.#temporaryIndex = temporaryPath(folder, { prefix: `tmp_idx_${label}` });
    this.#writeBack = new WriteBack(this.#temporary);
    try {
      this.#fd = openSync(this.#temporary, 'wx+', PACK_MODE);
    } catch (error) {
      throw translated(error, `create a pack in ${folder}`);
    }
  }

  /** Bytes so far, without the trailer. */
  get size(): number {
    return this.#size;
  }

  get count(): number {
    return this.#written.size;
  }

  /** Whether the next part should go to another pack. */
  get full(): boolean {
    return this.#size > PACK_SIZE_MAX - ROOM_FOR_ONE_MORE;
  }

  has(id: ObjectId): boolean {
    return this.#written.has(id);
  }

  /**
   * Adds an object whose id the caller has computed. One that is in this pack already is not written again.
   * The bytes may be shared memory, and are not needed any more afterwards.
   */
  add(kind: ObjectKind, id: ObjectId, bytes: Uint8Array, form: EntryForm): void {
    if (this.has(id)) return;
    const [header, stream] = encodeWholeEntry(kind, bytes, form);
    const size = this.#append(this.#size, [header, stream]);
    this.#register(id, crc32(stream, crc32(header)), size);
    discard(stream);
  }

  /**
   * Adds an entry as it stands in another pack, with its CRC-32, and says where it begins. One that is in this
   * pack already is not written again.
   */
  addRaw(id: ObjectId, entry: Uint8Array, crc: number): number {
    const known = this.#written.get(id);
    if (known) return known.offset;
    const size = this.#append(this.#size, [entry]);
    return this.#register(id, crc, size);
  }

  /** The same for an entry that comes in pieces. When the pieces throw, the entry is not in the pack. */
  addPieces(id: ObjectId, pieces: Iterable<Uint8Array>): number {
    const known = this.#written.get(id);
    if (known) return known.offset;
    let crc = 0;
    let size = 0;
    for (const piece of pieces) {
      size += this.#append(this.#size + size, [piece]);
      crc = crc32(piece, crc);
    }
    return this.#register(id, crc, size);
  }

  /**
   * Completes pack and index and forces both to the disk, still under temporary names, so that {@link finish} has
   * nothing to do for which a disk could be too full. Does nothing the second time.
   */
  seal(): void {
    if (this.#checksum !== null) return;
    const fd = this.#opened();
    try {
      const checksum = this.#complete(fd);
      const entries = Array.from(this.#written, ([id, written]) => ({ id, ...written }));
      writeSynced(this.#temporaryIndex, encodeIndex(entries, checksum), PACK_MODE);
      if (this.#label !== '') keepPack(this.#pathFor(checksum), this.#label);
      this.#checksum = checksum;
    } catch (error) {
      throw translated(error, `write a pack into ${this.#folder}`);
    }
  }

  /**
   * Seals the pack and puts it in its place: pack, then index, each on the disk before it gets its name. When
   * it fails, nothing is left. `null`, and nothing left, when nothing was added.
   */
  finish(): FinishedPack | null {
    try {
      if (this.count === 0) return null;
      this.seal();
      const checksum = this.#checksum!;
      return { path: this.#publish(checksum), ids: this.count, size: this.#size + checksum.length };
    } catch (error) {
      throw translated(error, `write a pack into ${this.#folder}`);
    } finally {
      this.abort();
    }
  }

  /** Throws away what is not finished. Does nothing the second time, or after {@link finish}. */
  abort(): void {
    this.#close();
    this.#checksum = null;
    removeIfThere(this.#temporary);
    removeIfThere(this.#temporaryIndex);
  }

  #opened(): number {
    if (this.#fd === null) throw new StoreError('invalid', 'the pack is finished or aborted');
    return this.#fd;
  }

  #close(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
  }

  #append(position: number, pieces: readonly Uint8Array[]): number {
    const fd = this.#opened();
    try {
      const size = writeAll(fd, pieces, position);
      this.#writeBack.wrote(size);
      return size;
    } catch (error) {
      throw translated(error, `write a pack into ${this.#folder}`);
    }
  }

  #register(id: ObjectId, crc: number, size: number): number {
    const offset = this.#size;
    this.#written.set(id, { offset, crc });
    this.#size += size;
    return offset;
  }

  /**
   * Completes the file and forces it to the disk. The checksum covers the number of objects in the header, which
   * is known only now, so that it is computed from what was written, as Git does it after `fast-import`.
   */
  #complete(fd: number): Buffer {
    ftruncateSync(fd, this.#size);
    writeAll(fd, [encodePackHeader(this.count)], 0);
    this.#writeBack.finish();
    const checksum = checksumOf(fd, this.#size);
    writeAll(fd, [checksum], this.#size);
    fsyncSync(fd);
    this.#close();
    return checksum;
  }

  #pathFor(checksum: Buffer): string {
    return join(this.#folder, `pack-${checksum.toString('hex')}`);
  }

  /** The same objects in the same order make the same pack, which may be there already. */
  #publish(checksum: Buffer): string {
    const path = this.#pathFor(checksum);
    if (existsSync(`${path}.idx`) && existsSync(`${path}.pack`)) return path;
    replaceDurably(this.#temporary, `${path}.pack`);
    try {
      replaceDurably(this.#temporaryIndex, `${path}.idx`);
    } catch (error) {
      removeIfThere(`${path}.pack`);
      throw error;
    }
    return path;
  }
}

/** Bytes from which memory is given back at once. Smaller buffers can be views on memory that others use too. */
const DISCARD_FROM = 64 * 1024;

/**
 * Gives back the memory of a buffer that nobody else has. Left to the garbage collector, some 64 MiB of such buffers
 * would gather in every thread before it looks.
 */
function discard(buffer: Buffer): void {
  if (buffer.byteLength >= DISCARD_FROM) (buffer.buffer as ArrayBuffer).transfer(0);
}

/** A write can end early, for example when the disk fills up: the rest then fails with the reason. */
function writeAll(fd: number, pieces: readonly Uint8Array[], position: number): number {
  const size = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  let rest = pieces;
  for (let done = 0; done < size; ) {
    const count = writevSync(fd, rest, position + done);
    done += count;
    rest = withoutFirst(rest, count);
  }
  return size;
}

function withoutFirst(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let left = count;
  for (const piece of pieces) {
    if (left < piece.byteLength) rest.push(piece.subarray(left));
    left = Math.max(0, left - piece.byteLength);
  }
  return rest;
}

/** Bytes read back at a time. */
const READ_BACK_SIZE = 1024 * 1024;

function checksumOf(fd: number, size: number): Buffer {
  const hash = createHash('sha1');
  const buffer = Buffer.allocUnsafe(Math.min(READ_BACK_SIZE, size));
  for (let done = 0; done < size; ) {
    const count = readSync(fd, buffer, 0, Math.min(buffer.length, size - done), done);
    if (count === 0) throw new StoreError('damaged', `the pack ends at byte ${done}, expected ${size}`);
    hash.update(buffer.subarray(0, count));
    done += count;
  }
  return hash.digest();
}
