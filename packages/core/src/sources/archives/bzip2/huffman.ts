import { damaged } from '../../../packages/archive-errors.ts';
import type { BitReader } from './bit-reader.ts';

/** Longest code of a symbol, bits. */
const CODE_LENGTH_MAX = 20;

/** Codes of one table: those of a length are consecutive numbers. */
export interface HuffmanTable {
  readonly shortest: number;
  /** By length: the highest code, or -1. */
  readonly highest: Int32Array;
  /** By length: what is taken from a code for its place among the symbols. */
  readonly offset: Int32Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array;
}

/** Reads a table: the length of each symbol's code, as a difference to the one before. */
export function readTable(bits: BitReader, symbolCount: number): HuffmanTable {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.bits(5);
  for (let symbol = 0; symbol < symbolCount; symbol += 1) {
    for (;;) {
      if (length < 1 || length > CODE_LENGTH_MAX) throw damaged('a code in it has an impossible length');
      if (bits.bits(1) === 0) break;
      length += bits.bits(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return tableOf(lengths);
}

/** The next symbol. */
export function readSymbol(bits: BitReader, { shortest, highest, offset, symbols }: HuffmanTable): number {
  const next = bits.peek(CODE_LENGTH_MAX);
  for (let length = shortest; length <= CODE_LENGTH_MAX; length += 1) {
    const code = next >>> (CODE_LENGTH_MAX - length);
    if (code > highest[length]!) continue;
    bits.skip(length);
    return symbols[code - offset[length]!] ?? unknownCode();
  }
  return unknownCode();
}

function tableOf(lengths: Uint8Array): HuffmanTable {
  const highest = new Int32Array(CODE_LENGTH_MAX + 2).fill(-1);
  const offset = new Int32Array(CODE_LENGTH_MAX + 2);
  const symbols = new Uint16Array(lengths.length);
  let place = 0;
  let code = 0;
  for (let length = 1; length <= CODE_LENGTH_MAX; length += 1) {
    const first = place;
    offset[length] = code - place;
    for (const [symbol, each] of lengths.entries()) {
      if (each !== length) continue;
      symbols[place] = symbol;
      place += 1;
      code += 1;
    }
    highest[length] = place > first ? code - 1 : -1;
    code <<= 1;
  }
  return { shortest: Math.min(...lengths), highest, offset, symbols };
}

function unknownCode(): never {
  throw damaged('it has a code that stands for nothing');
}
