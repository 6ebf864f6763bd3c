import { wipe } from './secret-bytes.ts';

/**
 * Bytes in order. A chunk is valid until the next one is asked for, because buffers are used again:
 * copy what is to be kept.
 */
export type Chunks = AsyncIterable<Uint8Array>;

/**
 * Cuts chunks anew into blocks of `size` bytes. The last block is always shorter, and empty when the bytes
 * come out even. A block that lies within one chunk is a view of it, not a copy.
 *
 * @param firstSize the size of the first block, where it differs
 */
export async function* blocksOf(source: Chunks, size: number, firstSize = size): AsyncGenerator<Uint8Array> {
  const held = new Uint8Array(Math.max(size, firstSize));
  let filled = 0;
  let wanted = firstSize;
  try {
    for await (const chunk of source) {
      let taken = 0;
      while (chunk.length - taken >= wanted - filled) {
        const end = taken + wanted - filled;
        if (filled > 0) held.set(chunk.subarray(taken, end), filled);
        yield filled > 0 ? held.subarray(0, wanted) : chunk.subarray(taken, end);
        taken = end;
        filled = 0;
        wanted = size;
      }
      held.set(chunk.subarray(taken), filled);
      filled += chunk.length - taken;
    }
    yield held.subarray(0, filled);
  } finally {
    wipe(held);
  }
}
