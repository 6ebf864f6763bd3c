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

/** The bytes of a block, and at the end their CRC-32. */
function* bytesOf(block: Block): Generator<Uint8Array, number> {
  const runs = new RunReader(block);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_SIZE);
    const filled = runs.fill(chunk);
    if (filled === 0) return runs.crc;
    yield chunk.subarray(0, filled);
  }
}

/** After so many equal bytes stands how many more follow. */
const RUN_LENGTH = 4;

/** Follows the chain of a block, and undoes the runs in it. */
class RunReader {
  readonly #block: Block;
  /** Places of the chain that were read, and the next of them. */
  #read = 0;
  #at: number;
  #last = -1;
  #equal = 0;
  /** How many times the last byte has to be given out again. */
  #copies = 0;
  #crc = 0xffffffff;

  constructor(block: Block) {
    this.#block = block;
    this.#at = block.first;
  }

  /** Of the bytes given out so far. */
  get crc(): number {
    return ~this.#crc >>> 0;
  }

  /** Fills a chunk, and gives how much of it; 0 at the end. Kept in one piece: this is where most of the time goes. */
  fill(chunk: Uint8Array): number {
    const { chain, size } = this.#block;
    let [read, at, last, equal, copies, crc] = [
      this.#read,
      this.#at,
      this.#last,
      this.#equal,
      this.#copies,
      this.#crc,
    ];
    let filled = 0;
    while (filled < chunk.length && (copies > 0 || read < size)) {
      if (copies > 0) {
        copies -= 1;
      } else {
        const link = chain[at]!;
        at = link >>> 8;
        read += 1;
        if (equal === RUN_LENGTH) {
          copies = link & 0xff;
          equal = 0;
          continue;
        }
        equal = (link & 0xff) === last ? equal + 1 : 1;
        last = link & 0xff;
      }
      crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ last]!;
      chunk[filled] = last;
      filled += 1;
    }
    [this.#read, this.#at, this.#last, this.#equal, this.#copies, this.#crc] = [
      read,
      at,
      last,
      equal,
      copies,
      crc,
    ];
    return filled;
  }
}

/** The CRC-32 of bzip2 takes the highest bit first, which zlib's does not. */
const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest << 1) ^ (rest < 0 ? 0x04c11db7 : 0);
  return rest;
});
