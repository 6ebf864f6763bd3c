import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocksOf, type Chunks } from '../../src/bytes/chunks.ts';
import { noise } from '../bytes.ts';

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): Chunks {
  let offset = 0;
  for (const size of sizes) {
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
  yield bytes.subarray(offset);
}

test('blocks are of one size and the last is shorter, however the bytes come', async () => {
  const sizes = fc.array(fc.nat(40), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.nat(100), sizes, fc.integer({ min: 1, max: 20 }), async (length, cuts, size) => {
      const bytes = noise(length);
      const blocks: Uint8Array[] = [];
      for await (const block of blocksOf(pieces(bytes, cuts), size)) blocks.push(block.slice());
      expect(Uint8Array.from(Buffer.concat(blocks))).toEqual(bytes);
      expect(blocks.map((block) => block.length)).toEqual([
        ...Array.from({ length: Math.floor(length / size) }, () => size),
        length % size,
      ]);
    }),
  );
});

test('a first block can have a size of its own', async () => {
  const lengths: number[] = [];
  for await (const block of blocksOf(pieces(noise(23), [3, 9]), 10, 5)) lengths.push(block.length);
  expect(lengths).toEqual([5, 10, 8]);
});

test('whoever stops early closes the source', async () => {
  let closed = false;
  async function* source(): Chunks {
    try {
      for (;;) yield noise(10);
    } finally {
      closed = true;
    }
  }
  for await (const _ of blocksOf(source(), 4)) break;
  expect(closed).toBe(true);
});

test('the buffer that held pieces of plaintext is zeroed in the end', async () => {
  const blocks: Uint8Array[] = [];
  for await (const block of blocksOf(pieces(noise(25), [3, 3]), 10)) blocks.push(block);
  expect(blocks[0]).toEqual(new Uint8Array(10));
  expect(blocks.at(-1)).toEqual(new Uint8Array(5));
});
