import { createCipheriv } from 'node:crypto';

/** A key and nonce of AES-256-GCM. */
export interface GcmKey {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

/** x^128 + x^7 + x^2 + x + 1, reflected as GCM has it (NIST SP 800-38D section 6.3). */
const REDUCTION = 0xe1n << 120n;

/**
 * A sealed segment of `blocks` blocks that AES-GCM opens under both keys: all but the last block are chosen,
 * and the last solves tag(first) = tag(second), which is linear in it. (Dodis, Grubbs, Ristenpart, Woodage,
 * "Fast Message Franking", CRYPTO 2018.)
 */
export function twoKeyCiphertext(first: GcmKey, second: GcmKey, blocks: number): Uint8Array {
  const [a, b] = [hashKey(first), hashKey(second)];
  const chosen = Array.from({ length: blocks - 1 }, (_, i) => BigInt(i + 1) << 64n);
  const length = BigInt(blocks * 128);
  const rest = (h: bigint) =>
    chosen.reduce((sum, block, i) => sum ^ multiply(block, power(h, blocks + 1 - i)), 0n);
  const difference = rest(a) ^ rest(b) ^ multiply(length, a ^ b) ^ blockAt(first, 1) ^ blockAt(second, 1);
  const last = multiply(difference, inverse(power(a, 2) ^ power(b, 2)));
  const tag = rest(a) ^ multiply(last, power(a, 2)) ^ multiply(length, a) ^ blockAt(first, 1);
  return Uint8Array.from(Buffer.concat([...chosen, last, tag].map(bytesOf)));
}

/** H = E(0). */
function hashKey({ key }: GcmKey): bigint {
  return encrypt(key, new Uint8Array(16));
}

/** E(nonce || counter); the counter of the tag is 1. */
function blockAt({ key, nonce }: GcmKey, counter: number): bigint {
  return encrypt(key, Uint8Array.of(...nonce, 0, 0, 0, counter));
}

function encrypt(key: Uint8Array, block: Uint8Array): bigint {
  return BigInt(`0x${createCipheriv('aes-256-ecb', key, null).update(block).toString('hex')}`);
}

/** Multiplication in GF(2^128), with bit 0 at the top. */
function multiply(x: bigint, y: bigint): bigint {
  let product = 0n;
  let shifted = y;
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ REDUCTION : shifted >> 1n;
  }
  return product;
}

function power(x: bigint, exponent: number): bigint {
  return Array.from({ length: exponent - 1 }).reduce<bigint>((product) => multiply(product, x), x);
}

/** x^(2^128 - 2): the product of x^(2^i) for i from 1 to 127. */
function inverse(x: bigint): bigint {
  let square = multiply(x, x);
  let product = square;
  for (let i = 2; i < 128; i++) {
    square = multiply(square, square);
    product = multiply(product, square);
  }
  return product;
}

function bytesOf(block: bigint): Buffer {
  return Buffer.from(block.toString(16).padStart(32, '0'), 'hex');
}
