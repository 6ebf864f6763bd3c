import { expect, test } from 'vitest';
import { chunksOf, memorySource, readRange, sliceSource } from '../../src/bytes/ranged-source.ts';
import { collected, expectBytes, expectCode, noise, thrownCode } from '../bytes.ts';

test('a slice of a slice reads the bytes it is of', async () => {
  const bytes = noise(100);
  const slice = sliceSource(sliceSource(memorySource(bytes), 10, 50), 5, 20);
  expectBytes(await readRange(slice, 3, 17), bytes.subarray(18, 35));
});

test('a source in chunks gives all of its bytes', async () => {
  const bytes = noise(3 * 1024 * 1024 + 5);
  expectBytes(await collected(chunksOf(memorySource(bytes))), bytes);
  expectBytes(await collected(chunksOf(memorySource(new Uint8Array()))), new Uint8Array());
});

test('nothing is read beyond the ends', async () => {
  const source = memorySource(noise(10));
  await expectCode(readRange(source, 5, 6), 'invalid');
  await expectCode(readRange(source, -1, 2), 'invalid');
  await expectCode(source.read(11, new Uint8Array()), 'invalid');
  expect(thrownCode(() => sliceSource(source, 0, 11))).toBe('invalid');
});
