import { CryptoError } from '../errors.ts';
import type { Chunks } from './chunks.ts';

/** Bytes that can be read anywhere: a file, an object, a piece of either, or what is sealed in them. */
export interface RangedSource {
  /** Bytes in all. */
  readonly size: number;
  /** Fills `target` with the bytes from `offset` on, or throws. */
  read(offset: number, target: Uint8Array): Promise<void>;
}

const CHUNK_SIZE = 1 << 20;

export function memorySource(bytes: Uint8Array): RangedSource {
  return {
    size: bytes.length,
    async read(offset, target) {
      checkRange(bytes.length, offset, target.length);
      target.set(bytes.subarray(offset, offset + target.length));
    },
  };
}

/** The `size` bytes of a source from `start` on, as a source. */
export function sliceSource(source: RangedSource, start: number, size: number): RangedSource {
  checkRange(source.size, start, size);
  return {
    size,
    async read(offset, target) {
      checkRange(size, offset, target.length);
      await source.read(start + offset, target);
    },
  };
}

/** A whole source in order, in chunks of at most 1 MiB. */
export async function* chunksOf(source: RangedSource): Chunks {
  const buffer = new Uint8Array(Math.min(CHUNK_SIZE, source.size));
  for (let offset = 0; offset < source.size; offset += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, source.size - offset));
    await source.read(offset, chunk);
    yield chunk;
  }
}

/** A piece of a source in memory of its own; the caller has bounded `size`. */
export async function readRange(source: RangedSource, offset: number, size: number): Promise<Uint8Array> {
  checkRange(source.size, offset, size);
  const bytes = new Uint8Array(size);
  await source.read(offset, bytes);
  return bytes;
}

/** Throws `invalid` unless `size` bytes from `offset` on lie within `whole` bytes. */
export function checkRange(whole: number, offset: number, size: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || size < 0 || size > whole - offset) {
    throw new CryptoError('invalid', `range: expected bytes within ${whole}, got ${size} from ${offset}`);
  }
}
