import type { HeadReader } from '../part.ts';
import { ByteCursor, bufferOver, safeNumber } from './byte-cursor.ts';
import { claim } from './claim.ts';
import { TENSOR_NAME_SIZE_MAX, TENSORS_MAX } from './layout.ts';

const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const COMMENT_SIZE_MAX = 0xffff;

const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_SIZE = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_SIZE = 56;
const ZIP64_EXTRA = 0x0001;

const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_SIZE = 46;

/** What a field of 16 or 32 bits holds when the number is in a ZIP64 record instead. */
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;

/** 2^18 entries of 256 bytes each. */
const DIRECTORY_SIZE_MAX = 2 ** 26;

export interface ZipEntry {
  readonly name: string;
  /** 0 is stored, 8 deflated. */
  readonly method: number;
  /** Bytes of its data as stored. */
  readonly size: number;
  /** Offset of its local header. */
  readonly offset: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Offset of the central directory, which the end records follow. */
  readonly start: number;
}

interface End {
  readonly count: number;
  readonly size: number;
  readonly start: number;
  /** Offset of the record that says so. */
  readonly position: number;
}

/**
 * Reads the central directory of a ZIP archive, ZIP64 included (PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16).
 *
 * @throws BrokenClaim when there is none, or it breaks a rule of the format
 */
export function readZipDirectory(head: HeadReader, size: number): ZipDirectory {
  const end = readEnd(head, size);
  claim(end.count <= TENSORS_MAX && end.size <= DIRECTORY_SIZE_MAX, 'the directory is within limits');
  claim(end.start + end.size <= end.position, 'the directory ends before its end record');
  const cursor = new ByteCursor(head, { start: end.start, end: end.start + end.size });
  const entries = Array.from({ length: end.count }, () => readEntry(cursor));
  claim(cursor.position === end.start + end.size, 'the directory holds as many entries as it says');
  return { entries, start: end.start };
}

function readEnd(head: HeadReader, size: number): End {
  const tailStart = Math.max(0, size - END_SIZE - COMMENT_SIZE_MAX);
  const tail = bufferOver(head(tailStart, size - tailStart));
  claim(tail.length === size - tailStart, 'the file is as long as it was');
  const index = endIndex(tail);
  const end = {
    count: tail.readUInt16LE(index + 10),
    size: tail.readUInt32LE(index + 12),
    start: tail.readUInt32LE(index + 16),
    position: tailStart + index,
  };
  const isFull = end.count === FULL_16 || end.size === FULL_32 || end.start === FULL_32;
  return isFull ? readZip64End(head, end.position) : end;
}

/** The last record whose comment reaches exactly to the end of the file. */
function endIndex(tail: Buffer): number {
  for (let index = tail.length - END_SIZE; index >= 0; index--) {
    const commentSize = tail.length - END_SIZE - index;
    if (tail.readUInt32LE(index) === END_SIGNATURE && tail.readUInt16LE(index + 20) === commentSize)
      return index;
  }
  claim(false, 'an archive has an end record');
}

function readZip64End(head: HeadReader, endPosition: number): End {
  const locatorStart = endPosition - ZIP64_LOCATOR_SIZE;
  claim(locatorStart >= 0, 'a ZIP64 locator stands before the end record');
  const locator = new ByteCursor(head, { start: locatorStart, end: endPosition }).take(ZIP64_LOCATOR_SIZE);
  claim(locator.readUInt32LE() === ZIP64_LOCATOR_SIGNATURE, 'a ZIP64 locator stands before the end record');

  const position = safeNumber(locator.readBigUInt64LE(8));
  const record = new ByteCursor(head, { start: position, end: locatorStart }).take(ZIP64_END_SIZE);
  claim(record.readUInt32LE() === ZIP64_END_SIGNATURE, 'the locator points at a ZIP64 end record');
  return {
    count: safeNumber(record.readBigUInt64LE(32)),
    size: safeNumber(record.readBigUInt64LE(40)),
    start: safeNumber(record.readBigUInt64LE(48)),
    position,
  };
}

function readEntry(cursor: ByteCursor): ZipEntry {
  const fixed = Buffer.from(cursor.take(ENTRY_SIZE));
  claim(fixed.readUInt32LE() === ENTRY_SIGNATURE, 'an entry begins with its signature');
  const nameSize = fixed.readUInt16LE(28);
  claim(nameSize <= TENSOR_NAME_SIZE_MAX, `a name has at most ${TENSOR_NAME_SIZE_MAX} bytes`);
  const name = cursor.take(nameSize).toString('utf8');
  const extra = cursor.take(fixed.readUInt16LE(30));
  const long = longNumbers(fixed, extra);
  cursor.skip(fixed.readUInt16LE(32));
  return { name, method: fixed.readUInt16LE(10), ...long };
}

/** Sizes and offset, from the ZIP64 extra field where those of 32 bits are full; it has only these, in this order. */
function longNumbers(fixed: Buffer, extra: Buffer): { size: number; offset: number } {
  const long = extraField(extra, ZIP64_EXTRA);
  let index = fixed.readUInt32LE(24) === FULL_32 ? 8 : 0;
  const next = (short: number): number => {
    if (short !== FULL_32) return short;
    claim(long !== null && index + 8 <= long.length, 'an entry has its ZIP64 numbers');
    index += 8;
    return safeNumber(long.readBigUInt64LE(index - 8));
  };
  const size = next(fixed.readUInt32LE(20));
  return { size, offset: next(fixed.readUInt32LE(42)) };
}

function extraField(extra: Buffer, id: number): Buffer | null {
  for (let index = 0; index + 4 <= extra.length; ) {
    const end = index + 4 + extra.readUInt16LE(index + 2);
    claim(end <= extra.length, 'an extra field ends within its entry');
    if (extra.readUInt16LE(index) === id) return extra.subarray(index + 4, end);
    index = end;
  }
  return null;
}
