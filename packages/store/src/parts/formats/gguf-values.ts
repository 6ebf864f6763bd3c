import type { ByteCursor } from './byte-cursor.ts';
import { claim } from './claim.ts';
import { FACT_LENGTH_MAX } from './layout.ts';

const STRING = 8;
const ARRAY = 9;

/** Arrays within arrays; files in use have none. */
const DEPTH_MAX = 4;

/** A UTF-8 character takes at most 4 bytes, so this is never fewer than a fact shows. */
const STRING_READ_MAX = 4 * FACT_LENGTH_MAX;

interface Scalar {
  readonly size: number;
  read(bytes: Buffer): string;
}

/** Value types of GGUF metadata (`enum gguf_type`) that have a fixed size. */
const SCALARS: ReadonlyMap<number, Scalar> = new Map([
  [0, { size: 1, read: (bytes: Buffer) => String(bytes.readUInt8()) }],
  [1, { size: 1, read: (bytes: Buffer) => String(bytes.readInt8()) }],
  [2, { size: 2, read: (bytes: Buffer) => String(bytes.readUInt16LE()) }],
  [3, { size: 2, read: (bytes: Buffer) => String(bytes.readInt16LE()) }],
  [4, { size: 4, read: (bytes: Buffer) => String(bytes.readUInt32LE()) }],
  [5, { size: 4, read: (bytes: Buffer) => String(bytes.readInt32LE()) }],
  // A 32-bit float has seven digits; the rest are those of its neighbours in 64 bits.
  [6, { size: 4, read: (bytes: Buffer) => String(Number(bytes.readFloatLE().toPrecision(7))) }],
  [7, { size: 1, read: (bytes: Buffer) => String(bytes.readUInt8() !== 0) }],
  [10, { size: 8, read: (bytes: Buffer) => String(bytes.readBigUInt64LE()) }],
  [11, { size: 8, read: (bytes: Buffer) => String(bytes.readBigInt64LE()) }],
  [12, { size: 8, read: (bytes: Buffer) => String(bytes.readDoubleLE()) }],
]);

/** Reads a metadata value as text, at most {@link FACT_LENGTH_MAX} characters and a few; `null` for an array. */
export function readValue(cursor: ByteCursor): string | null {
  const type = cursor.u32();
  if (type === STRING) return readText(cursor);
  if (type === ARRAY) {
    skipArray(cursor, 1);
    return null;
  }
  const scalar = scalarOf(type);
  return scalar.read(cursor.take(scalar.size));
}

/** Reads a string of at most `sizeMax` bytes. */
export function readName(cursor: ByteCursor, sizeMax: number): string {
  const size = cursor.u64();
  claim(size <= sizeMax, `a name has at most ${sizeMax} bytes`);
  return cursor.take(size).toString('utf8');
}

function readText(cursor: ByteCursor): string {
  const size = cursor.u64();
  const shown = Math.min(size, STRING_READ_MAX);
  const text = cursor.take(shown).toString('utf8');
  cursor.skip(size - shown);
  return text;
}

/** Every string takes 8 bytes of the header and every array 12, so the header's size bounds the work. */
function skipArray(cursor: ByteCursor, depth: number): void {
  claim(depth <= DEPTH_MAX, `arrays are nested at most ${DEPTH_MAX} deep`);
  const type = cursor.u32();
  const length = cursor.u64();
  if (type === STRING) {
    for (let index = 0; index < length; index++) cursor.skip(cursor.u64());
  } else if (type === ARRAY) {
    for (let index = 0; index < length; index++) skipArray(cursor, depth + 1);
  } else {
    cursor.skip(length * scalarOf(type).size);
  }
}

function scalarOf(type: number): Scalar {
  const scalar = SCALARS.get(type);
  claim(scalar !== undefined, 'a metadata value has a known type');
  return scalar;
}
