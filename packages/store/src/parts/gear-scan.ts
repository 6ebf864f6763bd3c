import { gearTable } from './gear.ts';

/** A stretch of bytes in which a part may end. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The part ends after the first byte that brings the hash, as a number without sign, below this. */
  readonly limit: number;
}

/** The rolling hash over a stream, and the search for the places where it is low. */
export interface GearScan {
  /** Begins anew, as if no byte had come. */
  reset(): void;
  /** Takes bytes in without looking. */
  roll(bytes: Uint8Array, from: number, to: number): void;
  /** Takes bytes in up to the first after which the hash is low: the index just past it, -1 when there is none. */
  find(bytes: Uint8Array, stretch: Stretch): number;
}

/** The fastest there is: `gear-scan.wat`, except where Node runs without WebAssembly (`--jitless`). */
export function openGearScan(): GearScan {
  return typeof WebAssembly === 'undefined' ? new PlainScan() : new CompiledScan();
}

/** A limit that no hash is below. */
const NEVER = 0;

/** In plain JavaScript. */
export class PlainScan implements GearScan {
  readonly #gear = gearTable();
  #hash = 0;

  reset(): void {
    this.#hash = 0;
  }

  roll(bytes: Uint8Array, from: number, to: number): void {
    this.find(bytes, { from, to, limit: NEVER });
  }

  find(bytes: Uint8Array, { from, to, limit }: Stretch): number {
    let hash = this.#hash;
    for (let index = from; index < to; index++) {
      hash = ((hash << 1) + this.#gear[bytes[index]!]!) | 0;
      if (hash >>> 0 < limit) return index + 1;
    }
    this.#hash = hash;
    return -1;
  }
}

/** What `gear-scan.wat` exports. */
interface Compiled {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly hash: { value: number };
  find(at: number, end: number, limit: number): number;
}

/** As much of the language's own declarations as is used here; they come with those of browsers otherwise. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Where the block of bytes begins in the memory: behind the gear table. */
const BLOCK_AT = 1024;

/** Bytes that are searched in one call. */
const BLOCK_SIZE = 64 * 1024;

/** In WebAssembly, twice as fast. */
class CompiledScan implements GearScan {
  readonly #compiled: Compiled;
  readonly #block: Buffer;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(COMPILED.join(''), 'base64'));
    this.#compiled = new WebAssembly.Instance(module).exports as Compiled;
    this.#block = Buffer.from(this.#compiled.memory.buffer, BLOCK_AT, BLOCK_SIZE);
  }

  reset(): void {
    this.#compiled.hash.value = 0;
  }

  roll(bytes: Uint8Array, from: number, to: number): void {
    this.find(bytes, { from, to, limit: NEVER });
  }

  find(bytes: Uint8Array, { from, to, limit }: Stretch): number {
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = from; at < to; at += BLOCK_SIZE) {
      const size = source.copy(this.#block, 0, at, Math.min(to, at + BLOCK_SIZE));
      const found = this.#compiled.find(BLOCK_AT, BLOCK_AT + size, limit);
      if (found >= 0) return at + found - BLOCK_AT;
    }
    return -1;
  }
}

/** `gear-scan.wat`, as the command in it makes it. */
const COMPILED = [
  'AGFzbQEAAAABDQJgA39/fwF/YAF/AX8DBAMAAAEFAwEAAgYGAX8BQQALBxgDBm1lbW9yeQIABGhhc2gDAARmaW5kAAAKigIDkgEB',
  'A38CQANAIAEgAGtBgMAASQ0BIwAhAyAAQeAfahACIQQgAEGAIGohBQNAIANBAXQgAC0AAEECdCgCAGohAyAEQQF0IAAtAIAgQQJ0',
  'KAIAaiEEIAMgAkkgBCACSXIEQCAFQYAgayEADAMLIABBAWohACAAIAVJDQALIAQkACAAQYAgaiEADAALCyAAIAEgAhABC0IBAX8j',
  'ACEDAkADQCAAIAFPDQEgA0EBdCAALQAAQQJ0KAIAaiEDIABBAWohACADIAJJBEAgAA8LDAALCyADJABBfwsxAQJ/IABBIGohAgNA',
  'IAFBAXQgAC0AAEECdCgCAGohASAAQQFqIQAgACACSQ0ACyABCwuHCAEAQQALgAgJSwOzCCCV9C1nt1RgaHppR7ZsH/RvWMe6Ufwz',
  'JrzjwkkTJbnaq9CLcNluR7/8kQjhjoJwcnjke+a4LdBHvk+VJN71p+jE6SPXlpOcvWYA40BpBWfKVr84VFg4TvRxABw69ZEPiYMV',
  'PvyeX45+8LFY8IBt3A6LLBMi+s9ruKsleIZapq4hlmmAySjGBsIrfiSB3VCzoT3Sf8yKRAPyEQjqAWv4wXnUqYnpm3T6CewAHkKQ',
  'MLKIN0zD/7g3DQMPVYAW4fVnlXte905mmIioW2K1ihGpfPCDDh66Vmd4POE0+TXGXC4hF6WQuAe9PB1LQ43XM1IzNysSc4WS92nG',
  'GV7iHEzNV+zBDtO/WuVZ3UuCj2CyjEYwZfGtbqonzTor1PU+ANpZ4QkAJvMy62c1gLMY5PVsiMJs8ADkd+wqiPXOgH6sKFTHfRCh',
  'qUkF4zoYMHv+Wy4e7cW4DIq9CbWPW5DHABGsC2o84RIDJwptvR3WFWIg58LxZ6RKfE9YnHqgPfD56/OwNTQJAuyNvA+DD/YyIzt3',
  '9DGulcG1lPbKfxO8DRzP4A1Rnxwt0S7IeHoXpsHygTGksjXkRQKmD7BHNamtQn7rScgsjuiGTE4XVKGdnYnHx69eM5guQ1SXHVwj',
  'Cj6hehtZCO/KHQww7nlczQktU4oaDRRZXvfJ0FnBO8BJ/LLeXpiGyoqPRB7cMXqz81uAfAKeoDyKa+txDkbCzd2WxwblN3UUiqu5',
  'B9kUJj37ptzRcFnNctuJuk7PXwp7OJg87Wr3lEHg4iiH5H6W5YM43S5m4sz4xpVi3/bsUPN9oplmj4gMOg+yMoJB9VoUdzzYv/DL',
  '5u77PjeljCXEguynxDY2RtMngW4FZZ/DMVg5ShqxCiAGmnRtXKCqx4aGht42uy0D89OtEicLCsack1r/5BqBTX2YIommDbMdfmtS',
  'z4TrnGREsk5zJCIhgLlM8SJZDbmssL1pMqmIj6VDsUphczv6luYs/9inRmnxjK64NIiWStBCIwlOdH2LXCQrjZhZu/b/uKit/aOh',
  'FKtFXcpV9wJVD1/kkmeFKlGt/12YiNLN2vOfUZfwuSVKXsMLMLCvUJBDPJvDoOu544Rpwb5svLbwOqbV4B3ViR42XkOQIOkUpwcm',
  'vcpnQq9P/R9VDVjsY8FvL4zfwe/cZjO/k7T4blEU+VjrAWVHk5LGMoLOaUI0GcrK4cevF3iJ6bHiVjP2jVms3LMERqfrKHYERo2/',
  'G8meCMnvvqzGFYrCzDLocRdRTJ8xBKO7E1GViP93/Lm+V2s9e6GqwBhaIF8MrartjOKpwT/j2M7651DTy+L+4po3xNzxkmceBWMn',
  'ufbYkh1UEa4Mysis8tO1nggJYCk4',
];
