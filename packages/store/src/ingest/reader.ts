import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { StoreError, systemCode, translated } from '../errors.ts';
import { FILE_SIZE_MAX, PART_SIZE } from '../parts/constants.ts';
import { createCutter } from '../parts/cutter.ts';
import { planFile } from './plan.ts';
import type { Piece, ReadFile, Slab } from './slab.ts';
import { SLOT_SIZE } from './slots.ts';
import { type FileIdentity, identityOf, type SourceFile, sameIdentity } from './source-file.ts';

/** Small files in one slab at most, so that a slab of tiny files does not keep one packer busy for long. */
const PIECES_MAX = 1024;

/** Gives out slots to fill and the memory behind them. */
export interface SlotSource {
  take(): number;
  bytes(slot: number): Buffer;
}

/**
 * Reads files one after the other, once each, and gives them out as filled slots with the parts marked in
 * them. Reading, the SHA-256 and the search for part boundaries happen here, on the calling thread.
 *
 * Throws `changed` when a file is not the same at its last byte as it was at its first.
 */
export function* readFiles(files: readonly SourceFile[], slots: SlotSource): Generator<Slab, void, void> {
  const filling = new Filling(slots);
  for (const [index, file] of files.entries()) {
    const fd = openSource(file);
    try {
      yield* readFile({ index, file, fd, all: files }, filling);
    } catch (error) {
      throw translated(error, `cannot read ${file.path}`);
    } finally {
      closeSync(fd);
    }
  }
  yield filling.slab();
}

interface OpenFile extends OpenSource {
  readonly index: number;
  readonly all: readonly SourceFile[];
}

/** A source that is open, under the name that messages call it by. */
export interface OpenSource {
  readonly file: SourceFile;
  readonly fd: number;
}

export interface FileState {
  readonly identity: FileIdentity;
  readonly size: number;
  readonly executable: boolean;
}

function* readFile(open: OpenFile, filling: Filling): Generator<Slab, void, void> {
  const before = fileState(open);
  if (before.size > FILE_SIZE_MAX) throw tooLarge(open.file, before.size);
  if (before.size <= PART_SIZE) yield* readSmall(open, before, filling);
  else yield* readLarge(open, before, filling);
  if (!sameIdentity(before.identity, fileState(open).identity)) throw changed(open.file);
}

function* readSmall(open: OpenFile, state: FileState, filling: Filling): Generator<Slab, void, void> {
  if (!filling.hasRoom(state.size + 1)) yield filling.rotate(filling.fill);
  const at = filling.fill;
  const read = filling.readFrom(open.fd, 0, state.size + 1);
  if (read !== state.size) throw changed(open.file);
  const sha256 = hash('sha256', filling.bytes.subarray(at, at + read), 'hex');
  filling.pieces.push({ file: open.index, at, size: read, start: 0, name: '', whole: true });
  filling.ended.push(readFileOf(open.index, state, { sha256, parted: false }));
}

function* readLarge(open: OpenFile, state: FileState, filling: Filling): Generator<Slab, void, void> {
  const cutter = createCutter(planFile(open.file, { fd: open.fd, size: state.size, others: open.all }));
  const sha256 = createHash('sha256');
  /** Offset in the file of the slot's first byte. */
  let base = -filling.fill;
  let cut = 0;
  for (let position = 0; position < state.size; ) {
    if (!filling.hasRoom(1)) {
      const carryFrom = cut - base;
      yield filling.rotate(carryFrom);
      base += carryFrom;
    }
    const from = filling.fill;
    const read = filling.readFrom(open.fd, position, state.size - position);
    if (read === 0) throw changed(open.file);
    const fresh = filling.bytes.subarray(from, from + read);
    sha256.update(fresh);
    position += read;
    const parts = cutter.push(fresh);
    if (position === state.size) parts.push(...cutter.end());
    for (const { start, size, name } of parts) {
      filling.pieces.push({ file: open.index, at: start - base, size, start, name, whole: false });
      cut = start + size;
    }
  }
  filling.ended.push(readFileOf(open.index, state, { sha256: sha256.digest('hex'), parted: true }));
}

/** The slot that is being filled, and what is in it so far. */
class Filling {
  readonly #slots: SlotSource;
  #slot: number;
  bytes: Buffer;
  fill = 0;
  pieces: Piece[] = [];
  ended: ReadFile[] = [];

  constructor(slots: SlotSource) {
    this.#slots = slots;
    this.#slot = slots.take();
    this.bytes = slots.bytes(this.#slot);
  }

  hasRoom(size: number): boolean {
    return this.fill + size <= SLOT_SIZE && this.ended.length < PIECES_MAX;
  }

  /** Reads into the slot what fits, up to `length` bytes from `position`; gives the count, 0 at the end. */
  readFrom(fd: number, position: number, length: number): number {
    const room = Math.min(length, SLOT_SIZE - this.fill);
    let read = 0;
    while (read < room) {
      const count = readSync(fd, this.bytes, this.fill, room - read, position + read);
      if (count === 0) break;
      this.fill += count;
      read += count;
    }
    return read;
  }

  slab(): Slab {
    return { slot: this.#slot, pieces: this.pieces, ended: this.ended };
  }

  /** Goes on in a new slot with the bytes from `carryFrom` on, which no piece covers yet; gives the old one. */
  rotate(carryFrom: number): Slab {
    const full = this.slab();
    const next = this.#slots.take();
    const bytes = this.#slots.bytes(next);
    this.fill = this.bytes.copy(bytes, 0, carryFrom, this.fill);
    this.#slot = next;
    this.bytes = bytes;
    this.pieces = [];
    this.ended = [];
    return full;
  }
}

/** Opens without following a link that took the file's place, and without waiting on a pipe. */
export function openSource(file: SourceFile): number {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  try {
    return openSync(file.from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (SWAPPED.has(systemCode(error) ?? '')) throw changed(file);
    throw translated(error, `cannot read ${file.path}`);
  }
}

/** What the opening of a link, of a socket and, on Windows, of a folder is answered with. */
const SWAPPED: ReadonlySet<string> = new Set(['ELOOP', 'EMLINK', 'ENXIO', 'EISDIR']);

export function fileState({ fd, file }: OpenSource): FileState {
  const stat = fstatSync(fd, { bigint: true });
  if (!stat.isFile()) throw changed(file);
  return { identity: identityOf(stat), size: Number(stat.size), executable: (stat.mode & 0o100n) !== 0n };
}

function readFileOf(file: number, state: FileState, rest: { sha256: string; parted: boolean }): ReadFile {
  return { file, ...rest, ...state };
}

function tooLarge(file: SourceFile, size: number): StoreError {
  return new StoreError('invalid', `${file.path} has ${size} bytes; at most ${FILE_SIZE_MAX} can be stored`, {
    hint: 'split it',
    data: { path: file.path, size },
  });
}

export function changed(file: SourceFile): StoreError {
  return new StoreError('changed', `${file.path} changed while it was read`, {
    hint: 'wait until nothing writes to it, then try again',
    data: { path: file.path },
  });
}
