import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatAge,
  formatCount,
  formatDuration,
  formatNumber,
  formatParameters,
  formatSize,
  formatTime,
} from '../src/units.ts';

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [102_400, '100 KiB'],
    [1024 * 1024 - 1, '1.0 MiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
    [128 * 2 ** 30, '128 GiB'],
    [2 ** 40, '1.0 TiB'],
    [2000 * 2 ** 50, '2000 PiB'],
  ])('%d bytes are %s', (bytes, expected) => {
    expect(formatSize(bytes)).toBe(expected);
  });

  test('there are never more than three digits before the point, and what is shown is near what is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 2 ** 50 }), (bytes) => {
        const [number, unit] = formatSize(bytes).split(' ');
        expect(number).toMatch(/^\d{1,3}(\.\d)?$/);
        const power = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].indexOf(unit!);
        expect(Math.abs(Number(number) * 1024 ** power - bytes) / bytes).toBeLessThan(0.06);
      }),
    );
  });
});

test('one is singular, and nothing else is', () => {
  expect(formatCount(1, 'file')).toBe('1 file');
  expect(formatCount(0, 'file')).toBe('0 files');
  expect(formatCount(2, 'file')).toBe('2 files');
});

describe('ages', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  test.each([
    ['2026-03-10T11:59:30Z', 'just now'],
    ['2026-03-10T12:03:00Z', 'just now'],
    ['2026-03-10T11:58:59Z', '1 minute ago'],
    ['2026-03-10T10:59:00Z', '1 hour ago'],
    ['2026-03-07T12:00:00Z', '3 days ago'],
    ['2026-02-10T12:00:00Z', '4 weeks ago'],
    ['2025-09-10T12:00:00Z', '5 months ago'],
    ['2022-03-10T12:00:00Z', '4 years ago'],
    ['2026-05-01T00:00:00Z', 'on 2026-05-01'],
    ['not a time', 'not a time'],
  ])('%s is %s', (time, expected) => {
    expect(formatAge(time, now)).toBe(expected);
  });
});

test('durations have at most two units', () => {
  expect([0.2, 45, 60, 200, 3600, 7500].map(formatDuration)).toEqual([
    '1 s',
    '45 s',
    '1 min 0 s',
    '3 min 20 s',
    '1 h 0 min',
    '2 h 5 min',
  ]);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1500, '1.5K'],
  [126_000, '126K'],
  [7_240_000_000, '7.2B'],
  [1e12, '1T'],
])('%i parameters are %s', (count, text) => expect(formatParameters(count)).toBe(text));

test.each([
  [1.92, '1.92'],
  [0.1 + 0.2, '0.3'],
  [40, '40'],
  [1e-9, '1e-9'],
  [123456.789, '123457'],
])('the metric %d is %s', (value, text) => expect(formatNumber(value)).toBe(text));

test('a time is shown to the minute, and what is none as it stands', () => {
  process.env.TZ = 'UTC';
  expect(formatTime('2026-03-10T14:05:09.123Z')).toBe('2026-03-10 14:05');
  expect(formatTime('no time')).toBe('no time');
});
