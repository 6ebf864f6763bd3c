import { expect } from 'vitest';
import type { Chunks } from '../src/bytes/chunks.ts';
import type { CryptoErrorCode } from '../src/errors.ts';

/** Bytes that look random and are the same in every run (xorshift32). */
export function noise(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = (seed * 0x9e3779b9) >>> 0 || 1;
  for (let i = 0; i < size; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** Bytes that count up from `start`. */
export function counting(size: number, start = 0): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => start + i);
}

/** Bytes in chunks of the given size, each overwritten once the next is asked for, as a file reader does. */
export async function* chunked(bytes: Uint8Array, size = 65536): Chunks {
  const buffer = new Uint8Array(size);
  for (let offset = 0; offset < bytes.length; offset += size) {
    const chunk = buffer.subarray(0, Math.min(size, bytes.length - offset));
    chunk.set(bytes.subarray(offset, offset + size));
    yield chunk;
    buffer.fill(0xee);
  }
}

export async function collected(chunks: Chunks): Promise<Uint8Array> {
  const copies: Uint8Array[] = [];
  for await (const chunk of chunks) copies.push(chunk.slice());
  return Uint8Array.from(Buffer.concat(copies));
}

/** What came out before it threw, and what it threw. */
export async function collectedUntilError(
  chunks: Chunks,
): Promise<{ plaintext: Uint8Array; error: unknown }> {
  const copies: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const chunk of chunks) copies.push(chunk.slice());
  } catch (thrown) {
    error = thrown;
  }
  return { plaintext: Uint8Array.from(Buffer.concat(copies)), error };
}

/** Compares bytes far faster than `toEqual` does. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(actual, expected)).toBe(0);
}

export function flipped(bytes: Uint8Array, index: number, mask = 1): Uint8Array {
  const copy = bytes.slice();
  copy[index]! ^= mask;
  return copy;
}

export async function expectCode(promise: Promise<unknown>, ...codes: CryptoErrorCode[]): Promise<void> {
  const outcome = await promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
  expect(outcome).toMatchObject({ name: 'CryptoError' });
  expect(codes).toContain((outcome as { code: string }).code);
}

export function thrownCode(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'no error';
}
