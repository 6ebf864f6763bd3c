import { damaged } from '../../../packages/archive-errors.ts';
import { BitReader } from './bit-reader.ts';
import { type Block, readBlock } from './block.ts';

/** What a block and the end of a stream begin with: digits of pi, and of its root. */
const BLOCK_MAGIC = [0x314159, 0x265359];
const END_MAGIC = [0x177245, 0x385090];

/** Bytes of a block for each of the nine levels, before runs were packed. */
const LEVEL_SIZE = 100_000;

/** Bytes given out at once. */
const CHUNK_SIZE = 2 ** 16;

/**
 * Unpacks bzip2, one or several streams. There is no standard but the program (https://sourceware.org/bzip2/). Memory
 * is bounded by the 900,000 bytes of the largest block. Throws `damaged` where it ends early, breaks its rules or does
 * not have its CRC-32, at the latest after the last chunk.
 */
export async function* bunzip2(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bits = new BitReader(packed);
  try {
    for (let streams = 0; await bits.fill(); streams += 1) {
      if (bits.bits(24) !== 0x425a68)
        throw damaged(streams === 0 ? 'it is not bzip2' : 'it goes on after its end');
      const level = bits.bits(8) - 0x30;
      if (level < 1 || level > 9) throw damaged('it has an impossible size of blocks');
      yield* streamOf(bits, new Uint32Array(level * LEVEL_SIZE));
      bits.align();
    }
  } finally {
    await bits.close();
  }
}

async function* streamOf(bits: BitReader, room: Uint32Array): AsyncGenerator<Uint8Array> {
  let combined = 0;
  for (;;) {
    await bits.fill();
    const magic = [bits.bits(24), bits.bits(24)];
    const crc = bits.word();
    if (isSame(magic, END_MAGIC)) {
      if (crc !== combined) throw damaged('its CRC-32 differs');
      return;
    }
    if (!isSame(magic, BLOCK_MAGIC)) throw damaged('a block in it has no beginning');
    const found = yield* bytesOf(readBlock(bits, room));
    if (found !== crc) throw damaged('the CRC-32 of a block in it differs');
    combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
  }
}

function isSame([a, b]: readonly number[], [c, d]: readonly number[]): boolean {
  return a === c && b === d;
}

/** After so many equal bytes stands how many more follow. */
const RUN_LENGTH = 4;

/** The bytes of a block, and at the end their CRC-32. */
function* bytesOf({ chain, size, first }: Block): Generator<Uint8Array, number> {
  let chunk = new Uint8Array(CHUNK_SIZE);
  let filled = 0;
  let crc = 0xffffffff;
  let last = -1;
  let equal = 0;
  let at = first;
  for (let index = 0; index < size; index += 1) {
    const link = chain[at]!;
    const byte = link & 0xff;
    at = link >>> 8;
    const isCount = equal === RUN_LENGTH;
    for (let copies = isCount ? byte : 1; copies > 0; copies -= 1) {
      const value = isCount ? last : byte;
      crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ value]!;
      chunk[filled] = value;
      filled += 1;
      if (filled === CHUNK_SIZE) {
        yield chunk;
        chunk = new Uint8Array(CHUNK_SIZE);
        filled = 0;
      }
    }
    equal = isCount ? 0 : byte === last ? equal + 1 : 1;
    last = isCount ? -1 : byte;
  }
  if (filled > 0) yield chunk.subarray(0, filled);
  return ~crc >>> 0;
}

/** The CRC-32 of bzip2 takes the highest bit first, which zlib's does not. */
const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest << 1) ^ (rest < 0 ? 0x04c11db7 : 0);
  return rest;
});
