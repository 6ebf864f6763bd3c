import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StoreError, translated } from '../errors.ts';
import { removeIfThere, temporaryPath, writeSynced } from '../files/durable.ts';
import { writeAll } from '../files/write-all.ts';
import { WriteBack } from '../files/write-back.ts';
import type { ObjectId, ObjectKind } from '../objects/object-id.ts';
import { encodeIndex } from './index-format.ts';
import { keepPack } from './keep-file.ts';
import { PACK_SIZE_MAX } from './limits.ts';
import { encodePackHeader, PACK_HEADER_SIZE } from './pack-file.ts';
import { publishPacks, type SealedPack } from './publish-packs.ts';
import { RunningChecksum } from './running-checksum.ts';
import { type EntryForm, encodeWholeEntry } from './whole-entry.ts';

export interface FinishedPack {
  /** Without `.pack` or `.idx`. */
  readonly path: string;
  /** How many objects are in it. */
  readonly ids: number;
  /** Bytes of the pack; the index comes on top. */
  readonly size: number;
}

export interface PackWriterOptions {
  /**
   * Stands in the temporary names, so that whoever gives up a transaction can find what threads that no longer answer
   * have left. A pack with a label is kept from Git until `releasePacks`, which is for once its objects have refs.
   */
  readonly label?: string;
  /** How many objects the pack is to have. One that gets more or fewer is read once more at its end. */
  readonly count?: number;
  /** Whether it holds what a remote has promised: then what its objects refer to may be missing. */
  readonly isPromisor?: boolean;
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
  readonly #count: number | undefined;
  readonly #isPromisor: boolean;
  readonly #running: RunningChecksum | null;
  #fd: number | null;
  /** Once it is sealed. */
  #checksum: Buffer | null = null;
  #size = PACK_HEADER_SIZE;

  /** Opens a temporary file in the repository's `objects/pack`. */
  static create(packFolder: string, options: PackWriterOptions = {}): PackWriter {
    return new PackWriter(packFolder, options);
  }

  private constructor(folder: string, { label = '', count, isPromisor = false }: PackWriterOptions) {
    this.#folder = folder;
    this.#label = label;
    this.#count = count;
    this.#isPromisor = isPromisor;
    this.#running = count === undefined ? null : new RunningChecksum(count);
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

  /** Whether the next object should go to another pack. */
  get full(): boolean {
    return this.count === this.#count || this.#size > PACK_SIZE_MAX - ROOM_FOR_ONE_MORE;
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
    this.#append(this.#size, header);
    this.#append(this.#size + header.length, stream);
    this.#register(id, crc32(stream, crc32(header)), header.length + stream.length);
    discard(stream);
  }

  /**
   * Adds an entry as it stands in another pack, with its CRC-32, and says where it begins. One that is in this
   * pack already is not written again.
   */
  addRaw(id: ObjectId, entry: Uint8Array, crc: number): number {
    const known = this.#written.get(id);
    if (known) return known.offset;
    this.#append(this.#size, entry);
    return this.#register(id, crc, entry.byteLength);
  }

  /** The same for an entry that comes in pieces. When the pieces throw, the entry is not in the pack. */
  addPieces(id: ObjectId, pieces: Iterable<Uint8Array>): number {
    const known = this.#written.get(id);
    if (known) return known.offset;
    let crc = 0;
    let size = 0;
    try {
      for (const piece of pieces) {
        this.#append(this.#size + size, piece);
        size += piece.byteLength;
        crc = crc32(piece, crc);
      }
    } catch (error) {
      this.#running?.spoil();
      throw error;
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
   * Seals the pack and puts it in its place. When it fails, nothing is left. `null`, and nothing left, when nothing
   * was added.
   */
  finish(): FinishedPack | null {
    return PackWriter.finishAll([this])[0] ?? null;
  }

  /** The same for several packs of one folder, which are each on the disk before the first of them gets its name. */
  static finishAll(writers: readonly PackWriter[]): FinishedPack[] {
    try {
      const sealed = writers.filter(({ count }) => count > 0).map((writer) => writer.#sealed());
      publishPacks(sealed);
      return sealed.map(({ path, ids, size }) => ({ path, ids, size }));
    } finally {
      for (const writer of writers) writer.abort();
    }
  }

  /** Throws away what is not finished. Does nothing the second time, or after {@link finish}. */
  abort(): void {
    if (this.#fd !== null) emptyIfPossible(this.#fd);
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

  #append(position: number, bytes: Uint8Array): void {
    const fd = this.#opened();
    try {
      writeAll(fd, bytes, position);
      this.#writeBack.wrote(bytes.byteLength);
      this.#running?.update(bytes);
    } catch (error) {
      this.#running?.spoil();
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
   * Completes the file and forces it to the disk. Where the number of objects was not known beforehand, the checksum
   * is computed from what was written, as Git does it after `fast-import`.
   */
  #complete(fd: number): Buffer {
    ftruncateSync(fd, this.#size);
    writeAll(fd, encodePackHeader(this.count), 0);
    this.#writeBack.finish();
    const checksum = this.#running?.digest(this.count) ?? checksumOf(fd, this.#size);
    writeAll(fd, checksum, this.#size);
    fsyncSync(fd);
    this.#close();
    return checksum;
  }

  #pathFor(checksum: Buffer): string {
    return join(this.#folder, `pack-${checksum.toString('hex')}`);
  }

  #sealed(): SealedPack & FinishedPack {
    this.seal();
    const checksum = this.#checksum!;
    return {
      pack: this.#temporary,
      index: this.#temporaryIndex,
      path: this.#pathFor(checksum),
      isPromisor: this.#isPromisor,
      ids: this.count,
      size: this.#size + checksum.length,
    };
  }
}

/** A flush under way has the file open: without this its bytes would stay on the disk for as long, after its name. */
function emptyIfPossible(fd: number): void {
  try {
    ftruncateSync(fd, 0);
  } catch {
    // They only go later.
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
