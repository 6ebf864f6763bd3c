import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource, type RangedSource, readRange } from '../../src/bytes/ranged-source.ts';
import { openSource } from '../../src/stream/open-source.ts';
import { expectBytes, expectCode, flipped, noise } from '../bytes.ts';
import { SMALL, testDomain } from '../domains.ts';
import { engines } from '../engines.ts';
import { HEADER, SEALED_SMALL, sealedBytes } from './streams.ts';

const CONTEXT = { kind: 'object', id: 'a' } as const;
const scope = testDomain().stream(CONTEXT);
const plaintext = noise(5 * SMALL + 1000);

let sealed: Uint8Array;

beforeAll(async () => {
  sealed = await sealedBytes(scope, plaintext);
});

/** A source that notes where it was read. */
function noting(bytes: Uint8Array): RangedSource & { readonly reads: [number, number][] } {
  const source = memorySource(bytes);
  const reads: [number, number][] = [];
  return {
    size: source.size,
    reads,
    read: (offset, target) => {
      reads.push([offset, target.length]);
      return source.read(offset, target);
    },
  };
}

test('a thousand ranges are what slices of the plaintext are', async () => {
  const stream = await openSource(scope, memorySource(sealed));
  const range = fc.tuple(fc.nat(plaintext.length), fc.nat(3 * SMALL));
  await fc.assert(
    fc.asyncProperty(range, async ([offset, wanted]) => {
      const size = Math.min(wanted, plaintext.length - offset);
      expectBytes(await readRange(stream, offset, size), plaintext.subarray(offset, offset + size));
    }),
    { numRuns: 1000 },
  );
});

test.each(engines)('the $name engine reads ranges', async (engine) => {
  const stream = await openSource(testDomain(engine).stream(CONTEXT), memorySource(sealed));
  expectBytes(
    await readRange(stream, SMALL - 10, SMALL + 20),
    plaintext.subarray(SMALL - 10, 2 * SMALL + 10),
  );
});

test.each([
  0,
  1,
  SMALL - 1,
  SMALL,
  SMALL + 1,
  2 * SMALL,
])('a stream of %d bytes is read whole', async (length) => {
  const bytes = noise(length);
  const stream = await openSource(scope, memorySource(await sealedBytes(scope, bytes)));
  expect(stream.size).toBe(length);
  expectBytes(await readRange(stream, 0, length), bytes);
});

test('only the segments that are touched are read, and the last one to know the length', async () => {
  const source = noting(sealed);
  const stream = await openSource(scope, source);
  expect(source.reads.splice(0)).toEqual([
    [0, HEADER],
    [HEADER + 5 * SEALED_SMALL, 1016],
  ]);
  await readRange(stream, 2 * SMALL + 5, 10);
  await readRange(stream, 2 * SMALL + 100, 10);
  expect(source.reads).toEqual([[HEADER + 2 * SEALED_SMALL, SEALED_SMALL]]);
});

test('with a pin, nothing but the header is read at first', async () => {
  const source = noting(sealed);
  await openSource(scope, source, { header: sealed.slice(0, HEADER), size: plaintext.length });
  expect(source.reads).toEqual([[0, HEADER]]);
});

test('reads at the same time do not mix', async () => {
  const stream = await openSource(scope, memorySource(sealed));
  const offsets = Array.from({ length: 50 }, (_, i) => (i * 7919) % (plaintext.length - 500));
  const pieces = await Promise.all(offsets.map((offset) => readRange(stream, offset, 500)));
  for (const [i, offset] of offsets.entries())
    expectBytes(pieces[i]!, plaintext.subarray(offset, offset + 500));
});

describe('what was altered', () => {
  test('is refused at once where the end is', async () => {
    for (const length of [HEADER, sealed.length - 1, sealed.length - 1016, HEADER + 2 * SEALED_SMALL + 500]) {
      await expectCode(openSource(scope, memorySource(sealed.subarray(0, length))), 'tampered');
    }
    await expectCode(openSource(scope, memorySource(flipped(sealed, sealed.length - 1))), 'tampered');
    await expectCode(openSource(scope, memorySource(flipped(sealed, 3))), 'tampered');
  });

  test('is refused when it is read, and leaves nothing in the target', async () => {
    const stream = await openSource(scope, memorySource(flipped(sealed, HEADER + SEALED_SMALL + 5)));
    expectBytes(await readRange(stream, 0, SMALL), plaintext.subarray(0, SMALL));
    const target = new Uint8Array(3 * SMALL).fill(7);
    await expectCode(stream.read(0, target), 'tampered');
    expect(target.every((byte) => byte === 0)).toBe(true);
    await expectCode(stream.read(SMALL + 1, target.subarray(0, 1)), 'tampered');
    expectBytes(await readRange(stream, 2 * SMALL, 10), plaintext.subarray(2 * SMALL, 2 * SMALL + 10));
  });

  test('is refused when it is another stream than the pinned one', async () => {
    const header = sealed.slice(0, HEADER);
    const other = await sealedBytes(scope, plaintext);
    await expectCode(openSource(scope, memorySource(other), { header, size: plaintext.length }), 'tampered');
    await expectCode(
      openSource(scope, memorySource(sealed), { header, size: plaintext.length - 1 }),
      'tampered',
    );
  });
});

test('nothing is read after a stream was closed', async () => {
  const stream = await openSource(scope, memorySource(sealed));
  await stream.close();
  await expectCode(readRange(stream, 0, 1), 'invalid');
});

test('nothing is read beyond the ends', async () => {
  const stream = await openSource(scope, memorySource(sealed));
  await expectCode(readRange(stream, plaintext.length, 1), 'invalid');
});
