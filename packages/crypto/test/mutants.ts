import { noise } from './bytes.ts';

/** Whole numbers that look random and are the same in every run. */
export class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b9) >>> 0 || 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}

type Mutation = (bytes: Uint8Array, numbers: Numbers) => Uint8Array;

/** What reads as something else in JSON, base64, sizes and times. */
const TOKENS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '-',
  '1e9',
  'null',
  '9007199254740993',
  '../',
  '\\u0000',
  ' ',
  '=',
];

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  (bytes, numbers) => replaced(bytes, numbers.below(bytes.length), 1, Uint8Array.of(numbers.below(256))),
  (bytes, numbers) => replaced(bytes, numbers.below(bytes.length), 1 + numbers.below(20), new Uint8Array()),
  (bytes, numbers) =>
    replaced(bytes, numbers.below(bytes.length + 1), 0, noise(1 + numbers.below(20), numbers.below(99))),
  (bytes, numbers) =>
    replaced(
      bytes,
      numbers.below(bytes.length),
      numbers.below(3),
      Buffer.from(TOKENS[numbers.below(TOKENS.length)]!),
    ),
  (bytes, numbers) => bytes.subarray(0, numbers.below(bytes.length)),
  copyWithin,
  (bytes, numbers) => copyWithin(flipBit(bytes, numbers), numbers),
  (bytes, numbers) => flipBit(flipBit(bytes, numbers), numbers),
];

/** Bytes that differ from the given ones, the same in every run. */
export function* mutantsOf(bytes: Uint8Array, count: number, seed = 1): Generator<Uint8Array> {
  const numbers = new Numbers(seed);
  for (let made = 0; made < count; ) {
    const mutant = Uint8Array.from(MUTATIONS[numbers.below(MUTATIONS.length)]!(bytes, numbers));
    if (Buffer.compare(mutant, bytes) === 0) continue;
    made += 1;
    yield mutant;
  }
}

function flipBit(bytes: Uint8Array, numbers: Numbers): Uint8Array {
  const copy = bytes.slice();
  copy[numbers.below(copy.length)]! ^= 1 << numbers.below(8);
  return copy;
}

/** One piece in the place of another. */
function copyWithin(bytes: Uint8Array, numbers: Numbers): Uint8Array {
  const size = 1 + numbers.below(Math.ceil(bytes.length / 2));
  const from = numbers.below(bytes.length);
  return replaced(bytes, numbers.below(bytes.length), size, bytes.slice(from, from + size));
}

function replaced(bytes: Uint8Array, offset: number, size: number, piece: Uint8Array): Uint8Array {
  return Buffer.concat([
    bytes.subarray(0, offset),
    piece,
    bytes.subarray(Math.min(bytes.length, offset + size)),
  ]);
}
