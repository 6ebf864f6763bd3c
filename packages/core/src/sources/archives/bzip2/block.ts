import { damaged, unsupported } from '../../../packages/archive-errors.ts';
import type { BitReader } from './bit-reader.ts';
import { type HuffmanTable, readSymbol, readTable } from './huffman.ts';

/** A block with its packing undone but for the runs, in the order of its bytes. */
export interface Block {
  /** In each number the byte, and above it the place of the next one. */
  readonly chain: Uint32Array;
  readonly size: number;
  /** Where the chain begins. */
  readonly first: number;
}

/** Symbols that one of the tables is used for, before the next is chosen. */
const GROUP_SIZE = 50;
const RUN_A = 0;
const RUN_B = 1;

/** Reads the block after its CRC. `chain` is room for its bytes, and used again for the next one. */
export function readBlock(bits: BitReader, chain: Uint32Array): Block {
  if (bits.bits(1) === 1) throw unsupported('it was packed by a bzip2 older than 0.9.5', 'pack it anew');
  const origin = bits.bits(24);
  const bytes = readBytesInUse(bits);
  const symbols = symbolReader(bits, bytes.length + 2);
  const { size, counts } = readMoves(symbols, bytes, chain);
  if (origin >= size) throw damaged('a block in it begins behind its end');
  linkBytes(chain, size, counts);
  return { chain, size, first: chain[origin]! >>> 8 };
}

/** The byte values that the block has, in order. */
function readBytesInUse(bits: BitReader): Uint8Array {
  const inUse: number[] = [];
  const sixteens = bits.bits(16);
  for (let high = 0; high < 16; high += 1) {
    if ((sixteens & (0x8000 >>> high)) === 0) continue;
    const sixteen = bits.bits(16);
    for (let low = 0; low < 16; low += 1) {
      if ((sixteen & (0x8000 >>> low)) !== 0) inUse.push(16 * high + low);
    }
  }
  if (inUse.length === 0) throw damaged('a block in it has no bytes');
  return Uint8Array.from(inUse);
}

/** Reads symbols, each by the table that was chosen for its group. */
function symbolReader(bits: BitReader, symbolCount: number): () => number {
  const tableCount = bits.bits(3);
  if (tableCount < 2 || tableCount > 6) throw damaged('a block in it has an impossible number of tables');
  const selectors = readSelectors(bits, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(bits, symbolCount));
  let group = -1;
  let left = 0;
  let table: HuffmanTable = tables[0]!;
  return () => {
    if (left === 0) {
      group += 1;
      const selector = selectors[group];
      if (selector === undefined) throw damaged('a block in it goes on behind its last group');
      table = tables[selector]!;
      left = GROUP_SIZE;
    }
    left -= 1;
    return readSymbol(bits, table);
  };
}

function readSelectors(bits: BitReader, tableCount: number): Uint8Array {
  const count = bits.bits(15);
  if (count === 0) throw damaged('a block in it has no groups');
  const selectors = new Uint8Array(count);
  const recent = Array.from({ length: tableCount }, (_, index) => index);
  for (let index = 0; index < count; index += 1) {
    let place = 0;
    while (bits.bits(1) === 1) {
      place += 1;
      if (place >= tableCount) throw damaged('a block in it chooses a table that is not there');
    }
    const [table] = recent.splice(place, 1);
    recent.unshift(table!);
    selectors[index] = table!;
  }
  return selectors;
}

/** Undoes runs and moves to the front: fills the chain with bytes, and counts each value. */
function readMoves(
  nextSymbol: () => number,
  bytes: Uint8Array,
  chain: Uint32Array,
): { size: number; counts: Uint32Array } {
  const recent = Uint8Array.from(bytes);
  const counts = new Uint32Array(256);
  const end = bytes.length + 1;
  let size = 0;
  let run = 0;
  let weight = 1;
  const put = (byte: number, count: number) => {
    if (size + count > chain.length) throw damaged('a block in it is longer than it may be');
    counts[byte]! += count;
    // Mostly it is one, for which `fill` takes longer than all the rest.
    for (const end = size + count; size < end; size += 1) chain[size] = byte;
  };
  for (;;) {
    const symbol = nextSymbol();
    if (symbol === RUN_A || symbol === RUN_B) {
      run += symbol === RUN_A ? weight : 2 * weight;
      weight *= 2;
      if (run > chain.length) throw damaged('a run in it is longer than its block');
      continue;
    }
    if (run > 0) put(recent[0]!, run);
    run = 0;
    weight = 1;
    if (symbol === end) return { size, counts };
    put(moveToFront(recent, symbol - 1), 1);
  }
}

/** Takes a byte from its place, most of which are small, to the first. */
function moveToFront(recent: Uint8Array, place: number): number {
  const byte = recent[place]!;
  for (let at = place; at > 0; at -= 1) recent[at] = recent[at - 1]!;
  recent[0] = byte;
  return byte;
}

/** Undoes the sorting: writes above each byte where the next one stands. */
function linkBytes(chain: Uint32Array, size: number, counts: Uint32Array): void {
  const next = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte += 1) next[byte] = next[byte - 1]! + counts[byte - 1]!;
  for (let place = 0; place < size; place += 1) {
    const byte = chain[place]! & 0xff;
    const target = next[byte]!;
    next[byte] = target + 1;
    chain[target]! |= place << 8;
  }
}
