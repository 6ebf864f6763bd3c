import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paddedSize } from '../../src/manifest/padding.ts';

test('small sizes all become 4 KiB', () => {
  for (const size of [0, 1, 2, 100, 4095, 4096]) expect(paddedSize(size)).toBe(4096);
});

test.each([
  [4097, 4352],
  [9000, 9216],
  [65536, 65536],
  [65537, 67584],
  [1_000_000, 1_015_808],
  [2 ** 30, 2 ** 30],
  [2 ** 30 + 1, 2 ** 30 + 2 ** 25],
  [10 ** 11, 100_931_731_456],
])('%d bytes become %d', (size, padded) => {
  expect(paddedSize(size)).toBe(padded);
});

test('padding never takes away, stays within its bound, and is its own padding', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4097, max: 2 ** 52 }), (size) => {
      const padded = paddedSize(size);
      const bound = size < 2 ** 16 ? 1 / 16 : size < 2 ** 32 ? 1 / 32 : 1 / 64;
      expect(padded).toBeGreaterThanOrEqual(size);
      expect(padded - size).toBeLessThanOrEqual(size * bound);
      expect(paddedSize(padded)).toBe(padded);
    }),
  );
});

test('padding is right next to every power of two', () => {
  for (let exponent = 13; exponent < 52; exponent++) {
    expect(paddedSize(2 ** exponent)).toBe(2 ** exponent);
    expect(paddedSize(2 ** exponent - 1)).toBe(2 ** exponent);
    expect(paddedSize(2 ** exponent + 1)).toBeGreaterThan(2 ** exponent);
  }
});
