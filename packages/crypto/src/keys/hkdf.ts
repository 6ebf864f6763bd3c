import { joinBytes } from '../bytes/join.ts';
import { wipe } from '../bytes/secret-bytes.ts';
import type { Engine } from '../engines/engine.ts';

/** Bytes of a SHA-512 digest. */
const HASH_SIZE = 64;

export interface HkdfInput {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly info: Uint8Array;
  /** Bytes to derive, at most 255 * 64. */
  readonly size: number;
}

/** HKDF-SHA-512 (RFC 5869). */
export function hkdf(engine: Engine, input: HkdfInput): Uint8Array {
  // HKDF-Extract is an HMAC whose key is the salt.
  const extracted = engine.hmacSha512(input.salt, input.key);
  const derived = hkdfExpand(engine, extracted, input.info, input.size);
  wipe(extracted);
  return derived;
}

/** The second half of HKDF alone (RFC 5869 section 2.3), for a key that is uniformly random already. */
export function hkdfExpand(engine: Engine, key: Uint8Array, info: Uint8Array, size: number): Uint8Array {
  const derived = new Uint8Array(size);
  let block: Uint8Array = new Uint8Array(0);
  for (let count = 1, offset = 0; offset < size; count++, offset += HASH_SIZE) {
    const message = joinBytes(block, info, Uint8Array.of(count));
    wipe(block);
    block = engine.hmacSha512(key, message);
    wipe(message);
    derived.set(block.subarray(0, size - offset), offset);
  }
  wipe(block);
  return derived;
}
