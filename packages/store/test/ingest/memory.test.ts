import { expect, test } from 'vitest';
import { MIB } from './fixture.ts';
import { reportOf } from './memory.ts';

test('memory stays within bounds, whatever the size of a file', () => {
  const size = 200 * MIB;
  const { written, reused, packs } = reportOf({ size, marked: true, bytesExpected: size });
  expect(written + reused).toBe(size);
  expect(packs.reduce((sum, pack) => sum + pack, 0)).toBeGreaterThan(written);
});

test('zeros are a few parts, however many there are', () => {
  const size = 100 * MIB;
  const { written, parts } = reportOf({ size, marked: false, bytesExpected: size });
  expect(written).toBeLessThanOrEqual(8 * MIB);
  expect(parts).toBeGreaterThanOrEqual(25);
});
