import { expect, test } from 'vitest';
import { EACH_WAY, MIB } from './fixture.ts';
import { reportOf } from './memory.ts';

test.each(EACH_WAY)('memory stays within bounds, storing a file %s', (_, { bytesExpected }) => {
  const size = 200 * MIB;
  const { written, reused, packs } = reportOf({ size, marked: true, bytesExpected });
  expect(written + reused).toBe(size);
  expect(packs.reduce((sum, pack) => sum + pack, 0)).toBeGreaterThan(written);
});

test('zeros are a few parts, however many there are', () => {
  const { written, parts } = reportOf({ size: 200 * MIB, marked: false, bytesExpected: 1e12 });
  expect(written).toBeLessThanOrEqual(8 * MIB);
  expect(parts).toBeGreaterThanOrEqual(50);
});
