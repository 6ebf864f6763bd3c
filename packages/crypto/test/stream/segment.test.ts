import { describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/engines/node.ts';
import { pureEngine } from '../../src/engines/pure.ts';
import { openStream } from '../../src/stream/open-stream.ts';
import { openSegment, sealSegment, segmentCipher } from '../../src/stream/segment.ts';
import { newStreamKeys, streamKeysOf } from '../../src/stream/stream-keys.ts';
import {
  chunked,
  collected,
  collectedUntilError,
  counting,
  expectBytes,
  noise,
  thrownCode,
} from '../bytes.ts';
import { SMALL, testDomain } from '../domains.ts';
import { HEADER, SEALED_SMALL, sealedBytes } from './streams.ts';
import { twoKeyCiphertext } from './two-key-ciphertext.ts';

const scope = testDomain().stream({ kind: 'object', id: 'a' });

describe.each([nodeEngine, pureEngine])('segments with the $name engine', (engine) => {
  test('are sealed and opened at once, in any order', async () => {
    const plaintext = noise(2 * SMALL + 100);
    const keys = newStreamKeys(scope);
    const sealed = new Uint8Array(HEADER + plaintext.length + 3 * 16);
    sealed.set(keys.header);
    const stream = segmentCipher(engine, keys, SMALL);
    for (const index of [2, 0, 1]) {
      const piece = plaintext.subarray(index * SMALL, (index + 1) * SMALL);
      const start = HEADER + index * SEALED_SMALL;
      expect(
        sealSegment(stream, index, piece, sealed.subarray(start, start + piece.length + 16)),
      ).toBeUndefined();
    }
    expectBytes(await collected(openStream(scope, chunked(sealed))), plaintext);
    const opener = segmentCipher(engine, streamKeysOf(scope, sealed.subarray(0, HEADER)), SMALL);
    const target = new Uint8Array(100);
    const holds: boolean = openSegment(opener, 2, sealed.subarray(HEADER + 2 * SEALED_SMALL), target);
    expect(holds).toBe(true);
    expectBytes(target, plaintext.subarray(2 * SMALL));
    expect(openSegment(opener, 1, sealed.subarray(HEADER + 2 * SEALED_SMALL), target)).toBe(false);
    expect(target).toEqual(new Uint8Array(100));
  });
});

test('a segment cipher takes over the key and zeroes it', () => {
  const keys = newStreamKeys(scope);
  segmentCipher(nodeEngine, keys, SMALL);
  expect(keys.key).toEqual(new Uint8Array(32));
});

test('the nonce is the base XOR the index, over all of its last eight bytes', () => {
  const nonces: Uint8Array[] = [];
  const cipher = {
    seal: (nonce: Uint8Array) => {
      nonces.push(nonce);
    },
    open: () => false,
    close: () => undefined,
  };
  const stream = { cipher, baseNonce: counting(12, 0xf0), segmentSize: SMALL };
  for (const index of [0, 1, 0xff, 2 ** 32, 2 ** 38 - 1]) {
    sealSegment(stream, index, new Uint8Array(), new Uint8Array(16));
  }
  expect(nonces.map((nonce) => Buffer.from(nonce).toString('hex'))).toEqual([
    'f0f1f2f3f4f5f6f7f8f9fafb',
    'f0f1f2f3f4f5f6f7f8f9fafa',
    'f0f1f2f3f4f5f6f7f8f9fa04',
    'f0f1f2f3f4f5f6f6f8f9fafb',
    'f0f1f2f3f4f5f6c807060504',
  ]);
});

test('no index, size or target is taken that does not fit', () => {
  const stream = segmentCipher(nodeEngine, newStreamKeys(scope), SMALL);
  const seal = (index: number, size: number, target: number) =>
    thrownCode(() => sealSegment(stream, index, new Uint8Array(size), new Uint8Array(target)));
  expect(seal(0, SMALL + 1, SMALL + 17)).toBe('invalid');
  expect(seal(0, 10, 25)).toBe('invalid');
  expect(seal(-1, 10, 26)).toBe('limits');
  expect(seal(2 ** 38, 10, 26)).toBe('limits');
  expect(seal(0.5, 10, 26)).toBe('limits');
  expect(thrownCode(() => openSegment(stream, 0, new Uint8Array(15), new Uint8Array()))).toBe('invalid');
});

test('a ciphertext that AES-GCM opens under two keys is opened under one only', async () => {
  const other = testDomain(undefined, undefined, 1).stream({ kind: 'object', id: 'a' });
  const keys = newStreamKeys(scope);
  const otherKeys = other.derive(keys.header.subarray(0, 24));
  const segment = twoKeyCiphertext(
    { key: keys.key, nonce: keys.baseNonce },
    { ...otherKeys, nonce: otherKeys.baseNonce },
    4,
  );
  const target = new Uint8Array(64);
  expect(nodeEngine.cipher(keys.key).open(keys.baseNonce, segment, target)).toBe(true);
  expect(nodeEngine.cipher(otherKeys.key).open(otherKeys.baseNonce, segment, target)).toBe(true);

  const stream = Uint8Array.from([...keys.header, ...segment]);
  expect(await collected(openStream(scope, chunked(stream)))).toHaveLength(64);
  const { plaintext, error } = await collectedUntilError(openStream(other, chunked(stream)));
  expect(plaintext).toHaveLength(0);
  expect(error).toMatchObject({ code: 'tampered' });
});

test('a stream sealed in one piece and one sealed by segments are alike', async () => {
  const plaintext = noise(SMALL + 1);
  const sealed = await sealedBytes(scope, plaintext);
  const stream = segmentCipher(nodeEngine, streamKeysOf(scope, sealed.subarray(0, HEADER)), SMALL);
  const first = new Uint8Array(SEALED_SMALL);
  sealSegment(stream, 0, plaintext.subarray(0, SMALL), first);
  expectBytes(sealed.subarray(HEADER, HEADER + SEALED_SMALL), first);
});
