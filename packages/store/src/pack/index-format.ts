import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';
import { OBJECT_ID_SIZE, type ObjectId } from '../objects/object-id.ts';

/** One object of a pack, as its index lists it. */
export interface IndexEntry {
  readonly id: ObjectId;
  /** CRC-32 of the entry as it stands in the pack, header included. */
  readonly crc: number;
  /** Where the entry begins in the pack. */
  readonly offset: number;
}

/** Where the tables of an index (version 2, gitformat-pack(5)) begin, once they are known to fit into the file. */
export interface IndexLayout {
  readonly count: number;
  /** 257 numbers: ids that begin with byte b stand at `fanOut[b]` up to, not including, `fanOut[b + 1]`. */
  readonly fanOut: Uint32Array;
  readonly ids: number;
  readonly crcs: number;
  readonly offsets: number;
  readonly largeOffsets: number;
  readonly largeCount: number;
  /** The pack's checksum, then the index's own. */
  readonly trailer: number;
}

const MAGIC = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
const FAN_OUT_SIZE = 256 * 4;
const CRC_SIZE = 4;
const OFFSET_SIZE = 4;
export const LARGE_OFFSET_SIZE = 8;
const CHECKSUM_SIZE = 20;
const ENTRY_SIZE = OBJECT_ID_SIZE + CRC_SIZE + OFFSET_SIZE;

/** Magic, version and fan-out: what {@link parseIndexLayout} needs. */
export const INDEX_HEAD_SIZE = MAGIC.length + FAN_OUT_SIZE;
export const INDEX_TRAILER_SIZE = 2 * CHECKSUM_SIZE;

/** Above this, an offset stands in the table of 64-bit ones. */
const SMALL_OFFSET_MAX = 0x7fff_ffff;

/** Bytes of the index of so many objects, of which some begin beyond 2 GiB. */
export function indexSize(count: number, largeCount: number): number {
  return INDEX_HEAD_SIZE + count * ENTRY_SIZE + largeCount * LARGE_OFFSET_SIZE + INDEX_TRAILER_SIZE;
}

export function isLargeOffset(offset: number): boolean {
  return offset > SMALL_OFFSET_MAX;
}

/**
 * Checks the head of an index against the size of the file. Throws `damaged` when they disagree, `unsupported`
 * for an index of another version. The message ends where the caller names the file.
 */
export function parseIndexLayout(head: Buffer, fileSize: number): IndexLayout {
  if (fileSize < indexSize(0, 0) || head.length < INDEX_HEAD_SIZE) {
    throw new StoreError('damaged', `${fileSize} bytes are too few for a pack index`);
  }
  checkMagic(head);
  const fanOut = parseFanOut(head);
  const count = fanOut[256]!;
  const largeCount = (fileSize - indexSize(count, 0)) / LARGE_OFFSET_SIZE;
  if (!Number.isInteger(largeCount) || largeCount < 0 || largeCount > count) {
    throw new StoreError('damaged', `${fileSize} bytes cannot be an index of ${count} objects`);
  }
  const crcs = INDEX_HEAD_SIZE + count * OBJECT_ID_SIZE;
  const offsets = crcs + count * CRC_SIZE;
  const largeOffsets = offsets + count * OFFSET_SIZE;
  const trailer = largeOffsets + largeCount * LARGE_OFFSET_SIZE;
  return { count, fanOut, ids: INDEX_HEAD_SIZE, crcs, offsets, largeOffsets, largeCount, trailer };
}

function checkMagic(head: Buffer): void {
  if (head.subarray(0, MAGIC.length).equals(MAGIC)) return;
  if (!head.subarray(0, 4).equals(MAGIC.subarray(0, 4))) {
    throw new StoreError('unsupported', 'not a pack index of version 2', {
      hint: 'rewrite the packs with `git -c pack.indexVersion=2 repack -ad`',
    });
  }
  throw new StoreError('unsupported', `a pack index of version ${head.readUInt32BE(4)}, expected version 2`);
}

function parseFanOut(head: Buffer): Uint32Array {
  const fanOut = new Uint32Array(257);
  for (let byte = 0; byte < 256; byte++) {
    fanOut[byte + 1] = head.readUInt32BE(MAGIC.length + byte * 4);
    if (fanOut[byte + 1]! < fanOut[byte]!) {
      throw new StoreError('damaged', `the fan-out table of a pack index falls at ${byte}`);
    }
  }
  return fanOut;
}

/** Where the 64-bit offset stands that a 32-bit one refers to; `null` when the 32 bits are the offset itself. */
export function largeOffsetPlace(layout: IndexLayout, offset: number): number | null {
  if (!isLargeOffset(offset)) return null;
  const place = offset - SMALL_OFFSET_MAX - 1;
  if (place >= layout.largeCount) {
    throw new StoreError('damaged', `offset ${place} of ${layout.largeCount} 64-bit offsets`);
  }
  return layout.largeOffsets + place * LARGE_OFFSET_SIZE;
}

export function parseLargeOffset(bytes: Buffer, at: number): number {
  const offset = bytes.readBigUInt64BE(at);
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new StoreError('damaged', `an offset of ${offset} bytes, which no pack reaches`);
  }
  return Number(offset);
}

/** The index of a pack whose trailer is `packChecksum`, for entries in any order. */
export function encodeIndex(entries: readonly IndexEntry[], packChecksum: Buffer): Buffer {
  const sorted = [...entries].sort((one, other) => (one.id < other.id ? -1 : 1));
  const large = sorted.filter(({ offset }) => isLargeOffset(offset));
  const index = Buffer.allocUnsafe(indexSize(sorted.length, large.length));
  let end = MAGIC.copy(index);
  end = writeFanOut(index, end, sorted);
  for (const { id } of sorted) end += index.write(id, end, 'hex');
  for (const { crc } of sorted) end = index.writeUInt32BE(crc, end);
  end = writeOffsets(index, end, sorted);
  for (const { offset } of large) end = index.writeBigUInt64BE(BigInt(offset), end);
  end += packChecksum.copy(index, end);
  createHash('sha1').update(index.subarray(0, end)).digest().copy(index, end);
  return index;
}

function writeFanOut(index: Buffer, start: number, sorted: readonly IndexEntry[]): number {
  const counts = new Uint32Array(256);
  for (const { id } of sorted) counts[Number.parseInt(id.slice(0, 2), 16)]!++;
  let total = 0;
  let end = start;
  for (const count of counts) {
    total += count;
    end = index.writeUInt32BE(total, end);
  }
  return end;
}

function writeOffsets(index: Buffer, start: number, sorted: readonly IndexEntry[]): number {
  let largeCount = 0;
  let end = start;
  for (const { offset } of sorted) {
    const written = isLargeOffset(offset) ? SMALL_OFFSET_MAX + 1 + largeCount++ : offset;
    end = index.writeUInt32BE(written, end);
  }
  return end;
}
