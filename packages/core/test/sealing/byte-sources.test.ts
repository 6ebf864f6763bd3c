import { memorySource } from '@cairn/crypto';
import { pseudoRandomBytes } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteSource, rangedSource, sequentialSource } from '../../src/sealing/byte-sources.ts';

const BYTES = Buffer.from(pseudoRandomBytes(3, 5000));

/** A file in parts of any size, which counts how often a stream of it is begun. */
function inParts(partSize: number) {
  const opened = { streams: 0 };
  const source = {
    size: BYTES.length,
    read: async (offset: number, length: number) => BYTES.subarray(offset, offset + length),
    async *stream({ offset, length = BYTES.length } = { offset: 0 } as { offset: number; length?: number }) {
      opened.streams += 1;
      const to = Math.min(BYTES.length, offset + length);
      for (let at = offset; at < to; ) {
        const end = Math.min(to, at - (at % partSize) + partSize);
        yield BYTES.subarray(at, end);
        at = end;
      }
    },
  };
  return { source, opened };
}

const ranges = fc.array(
  fc.tuple(fc.integer({ min: 0, max: BYTES.length }), fc.integer({ min: 0, max: 700 })),
  { minLength: 1, maxLength: 12 },
);

test('whatever is asked for in whatever order, a source gives the bytes that stand there', async () => {
  await fc.assert(
    fc.asyncProperty(ranges, fc.integer({ min: 1, max: 900 }), async (wanted, partSize) => {
      const { source } = inParts(partSize);
      for (const from of [rangedSource(source), sequentialSource(source)]) {
        for (const [offset, length] of wanted) {
          const target = new Uint8Array(Math.min(length, BYTES.length - offset));
          await from.read(offset, target);
          expect(BYTES.subarray(offset, offset + target.length).equals(target)).toBe(true);
        }
      }
    }),
  );
});

test('in order, each part is read once', async () => {
  const { source, opened } = inParts(333);
  const from = sequentialSource(source);
  for (let offset = 0; offset < BYTES.length; offset += 100) {
    await from.read(offset, new Uint8Array(Math.min(100, BYTES.length - offset)));
  }
  expect(opened.streams).toBe(1);
});

test('a file of a version is cut at its end, and chunks are the caller’s to keep', async () => {
  const source = byteSource(memorySource(BYTES), 'it');
  expect(BYTES.subarray(4990).equals(await source.read(4990, 100))).toBe(true);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.stream({ offset: 10 })) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(BYTES.subarray(10))).toBe(true);
});
