import { expect, test } from 'vitest';
import { EACH_WAY, MIB } from '../../ingest/fixture.ts';
import { reportOf } from '../../ingest/memory.ts';

const SIZE = 3 * 1024 * MIB;
const PACK_SIZE_MAX = 2 * 1024 * MIB;

test.each(EACH_WAY)('three gibibytes go into packs of at most two, storing %s', (_, { bytesExpected }) => {
  const { written, packs } = reportOf({ size: SIZE, marked: true, bytesExpected });
  expect(written).toBe(SIZE);
  expect(packs.length).toBeGreaterThan(1);
  expect(packs[0]).toBeLessThanOrEqual(PACK_SIZE_MAX);
});

test('three gibibytes of zeros are a few parts', () => {
  const { written, parts } = reportOf({ size: SIZE, marked: false, bytesExpected: 1e12 });
  expect(written).toBeLessThanOrEqual(8 * MIB);
  expect(parts).toBeGreaterThanOrEqual(SIZE / (4 * MIB));
});
