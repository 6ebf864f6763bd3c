import { expect, test } from 'vitest';
import { formatNumber, formatParameters, formatTime } from '../../src/text/units.ts';

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
