import { beforeAll, describe, expect, test } from 'vitest';
import { joinBytes } from '../../src/bytes/join.ts';
import { openedSize, sealedSize } from '../../src/stream/layout.ts';
import { openStream } from '../../src/stream/open-stream.ts';
import { cobblestoneScope } from '../../src/stream/scope.ts';
import { sealStream } from '../../src/stream/seal-stream.ts';
import { chunked, collected, counting, expectBytes, flipped, noise, thrownCode } from '../bytes.ts';
import { SMALL, testDomain } from '../domains.ts';
import { countingEngine, engines } from '../engines.ts';
import { HEADER, openedBytes, openedUntilError, SEALED_SMALL, sealedBytes, segmentOf } from './streams.ts';

const OBJECT = { kind: 'object', id: 'a' } as const;
const scope = testDomain().stream(OBJECT);

const LENGTHS = [0, 1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 3 * SMALL + 17];

describe.each(engines)('with the $name engine', (engine) => {
  test.each(LENGTHS)('%d bytes are opened as they were sealed, however they come', async (length) => {
    const plaintext = noise(length);
    const own = testDomain(engine).stream(OBJECT);
    for (const chunkSize of [SMALL, 10_000, 1 << 20]) {
      const sealed = await sealedBytes(own, plaintext, chunkSize);
      expect(sealed.length).toBe(sealedSize(length, SMALL));
      expect(openedSize(sealed.length, SMALL)).toBe(length);
      expectBytes(await openedBytes(own, sealed, chunkSize), plaintext);
    }
  });

  test('the bytes are those of every other engine', async () => {
    const plaintext = noise(2 * SMALL + 5);
    const [first] = engines;
    const expected = await sealedBytes(testDomain(countingEngine(first!)).stream(OBJECT), plaintext);
    expectBytes(await sealedBytes(testDomain(countingEngine(engine)).stream(OBJECT), plaintext), expected);
  });
});

test('segments of 1 MiB are opened as they were sealed', async () => {
  const large = testDomain(undefined, 20).stream(OBJECT);
  for (const length of [(1 << 20) - 1, 1 << 20, (1 << 20) + 1]) {
    const plaintext = noise(length);
    expectBytes(await openedBytes(large, await sealedBytes(large, plaintext)), plaintext);
  }
});

test('the same bytes are sealed differently each time', async () => {
  const plaintext = noise(100);
  const [a, b] = [await sealedBytes(scope, plaintext), await sealedBytes(scope, plaintext)];
  for (const [from, to] of [
    [0, 24],
    [24, 56],
    [56, 172],
  ] as const) {
    expect(a.subarray(from, to)).not.toEqual(b.subarray(from, to));
  }
});

test('the header is known before a byte is read', async () => {
  const stream = sealStream(scope, chunked(noise(10)));
  expect((await collected(stream.chunks)).subarray(0, HEADER)).toEqual(stream.header);
});

test('an error of the source comes out unchanged', async () => {
  const error = new Error('disk on fire');
  async function* failing() {
    yield noise(SMALL);
    throw error;
  }
  await expect(collected(sealStream(scope, failing()).chunks)).rejects.toBe(error);
});

describe('a stream that is not whole', () => {
  let sealed: Uint8Array;
  const plaintext = noise(3 * SMALL + 17);

  beforeAll(async () => {
    sealed = await sealedBytes(scope, plaintext);
  });

  test('does not open at any length of a small one', async () => {
    const small = await sealedBytes(scope, noise(40));
    for (let length = 0; length < small.length; length++) {
      expect((await openedUntilError(scope, small.subarray(0, length))).code).toBe('tampered');
    }
  });

  test('gives only whole segments when it is cut around its boundaries', async () => {
    for (let index = 0; index <= 3; index++) {
      for (const around of [-17, -16, -15, -1, 0, 1, 15, 16, 17]) {
        const length = HEADER + index * SEALED_SMALL + around;
        const { plaintext: given, code } = await openedUntilError(scope, sealed.subarray(0, length));
        expect(code).toBe('tampered');
        expectBytes(given, plaintext.subarray(0, given.length));
        expect(given.length % SMALL).toBe(0);
      }
    }
  });

  test('does not open with bytes or segments appended', async () => {
    const other = await sealedBytes(scope, noise(10));
    for (const tail of [
      counting(1),
      counting(16),
      counting(17),
      noise(SEALED_SMALL),
      segmentOf(sealed, 3),
      segmentOf(sealed, 0),
      other.subarray(HEADER),
      other,
    ]) {
      expect((await openedUntilError(scope, joinBytes(sealed, tail))).code).toBe('tampered');
    }
  });

  test('does not open when one bit of it is another', async () => {
    const small = await sealedBytes(scope, noise(40));
    for (let i = 0; i < small.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const { code, plaintext: given } = await openedUntilError(scope, flipped(small, i, 1 << bit));
        expect(code).toBe('tampered');
        expect(given.length).toBe(0);
      }
    }
  });

  test('gives nothing of the segment that was altered, nor of those after it', async () => {
    for (let index = 0; index <= 3; index++) {
      const start = HEADER + index * SEALED_SMALL;
      const size = Math.min(SEALED_SMALL, sealed.length - start);
      for (const offset of [0, size - 17, size - 16, size - 1]) {
        const { plaintext: given, code } = await openedUntilError(scope, flipped(sealed, start + offset));
        expect(code).toBe('tampered');
        expectBytes(given, plaintext.subarray(0, index * SMALL));
      }
    }
  });

  test('does not open with segments swapped, doubled, dropped or from another stream', async () => {
    const other = await sealedBytes(scope, plaintext);
    const order = (from: Uint8Array, ...indexes: number[]) =>
      joinBytes(sealed.subarray(0, HEADER), ...indexes.map((index) => segmentOf(from, index)));
    expect((await openedUntilError(scope, order(sealed, 0, 1, 2, 3))).code).toBeUndefined();
    for (const indexes of [[1, 0, 2, 3], [0, 2, 1, 3], [0, 0, 2, 3], [0, 1, 3], [1, 2, 3], [0, 3], [3]]) {
      expect((await openedUntilError(scope, order(sealed, ...indexes))).code).toBe('tampered');
    }
    expect((await openedUntilError(scope, order(other, 0, 1, 2, 3))).code).toBe('tampered');
    const spliced = joinBytes(
      sealed.subarray(0, HEADER + SEALED_SMALL),
      other.subarray(HEADER + SEALED_SMALL),
    );
    expect((await openedUntilError(scope, spliced)).plaintext.length).toBe(SMALL);
  });
});

test('the buffer that held plaintext is zeroed in the end', async () => {
  const kept: Uint8Array[] = [];
  for await (const chunk of openStream(scope, chunked(await sealedBytes(scope, noise(100)))))
    kept.push(chunk);
  expect(kept).toEqual([new Uint8Array(100)]);
});

describe('a stream opens only where it belongs', () => {
  test.each([
    ['another key', testDomain(undefined, undefined, 1).stream(OBJECT)],
    ['another object', testDomain().stream({ kind: 'object', id: 'b' })],
    ['another kind', testDomain().stream({ kind: 'manifest', model: 'a', version: '' })],
    ['another segment size', testDomain(undefined, 15).stream(OBJECT)],
    ['no format of ours', cobblestoneScope(engines[0]!, counting(32, 100), new Uint8Array())],
  ])('not with %s', async (_, wrong) => {
    const sealed = await sealedBytes(scope, noise(100));
    expect(await openedUntilError(wrong, sealed)).toEqual({ plaintext: new Uint8Array(), code: 'tampered' });
  });

  test('not with another model or version, however the names are divided', async () => {
    const of = (model: string, version: string) => testDomain().stream({ kind: 'manifest', model, version });
    const sealed = await sealedBytes(of('net', 'v1'), noise(100));
    for (const [model, version] of [
      ['net', 'v2'],
      ['met', 'v1'],
      ['netv', '1'],
      ['ne', 'tv1'],
    ] as const) {
      expect((await openedUntilError(of(model, version), sealed)).code).toBe('tampered');
    }
  });
});

describe('sizes', () => {
  test('a length that no stream has is refused', () => {
    for (const length of [
      0,
      55,
      56,
      71,
      HEADER + SEALED_SMALL,
      HEADER + SEALED_SMALL + 15,
      HEADER + 2 * SEALED_SMALL,
    ]) {
      expect(thrownCode(() => openedSize(length, SMALL))).toBe('tampered');
    }
  });

  test('4 PiB are too much', () => {
    expect(sealedSize(2 ** 52 - 1, 1 << 20)).toBeGreaterThan(2 ** 52);
    expect(thrownCode(() => sealedSize(2 ** 52, 1 << 20))).toBe('limits');
    expect(thrownCode(() => sealedSize(-1, 1 << 20))).toBe('invalid');
    expect(thrownCode(() => sealedSize(0.5, 1 << 20))).toBe('invalid');
  });
});
