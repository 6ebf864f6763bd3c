import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressLine } from '../../src/progress/line.ts';

const MIB = 1024 * 1024;
const half = { phase: 'storing', done: 512 * MIB, total: 1024 * MIB, files: { done: 1, total: 4 } } as const;

test('a line has bytes, percent, speed, time left and the file', () => {
  expect(progressLine(half, { speed: 128 * MIB, columns: 100 })).toBe(
    'storing   50%  512 MiB of 1.0 GiB  128 MiB/s  4 s left  file 2 of 4',
  );
});

test('what does not fit is left out from the right', () => {
  expect(progressLine(half, { speed: 128 * MIB, columns: 44 })).toBe('storing   50%  512 MiB of 1.0 GiB');
  expect(progressLine(half, { speed: null, columns: 5 })).toBe('stor');
});

test('without a total there is no percent and no time left', () => {
  const scanning = { phase: 'scanning', done: 3 * MIB, total: 0, files: { done: 12, total: 0 } } as const;
  expect(progressLine(scanning, { speed: MIB, columns: 100 })).toBe('scanning  3.0 MiB  1.0 MiB/s  12 files');
});

test('the line always leaves the last column free', () => {
  const count = fc.nat(2 ** 40);
  fc.assert(
    fc.property(
      count,
      count,
      fc.nat(1000),
      fc.integer({ min: 0, max: 120 }),
      (done, total, files, columns) => {
        const line = progressLine(
          { ...half, done, total, files: { done: files, total: files } },
          { speed: done, columns },
        );
        expect(line.length).toBeLessThanOrEqual(Math.max(0, columns - 1));
      },
    ),
  );
});
