import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/arguments/durations.ts';
import { parseLabelChanges, parseNumberPairs, parsePairs } from '../../src/arguments/pairs.ts';

describe('pairs', () => {
  test('everything behind the first equals sign is the value', () => {
    expect(parsePairs('param', ['a=b=c', 'd='])).toEqual({ a: 'b=c', d: '' });
  });

  test('a word without a key or an equals sign is refused', () => {
    expect(() => parsePairs('param', ['lr'])).toThrow("--param 'lr' is not of the form key=value");
    expect(() => parsePairs('param', ['=1'])).toThrow('not of the form key=value');
  });

  test('a key that is given twice is refused', () => {
    expect(() => parsePairs('label', ['a=1', 'a=2'])).toThrow("--label gives 'a' twice");
  });

  test('a key that every object has is a key like any other', () => {
    expect(Object.entries(parsePairs('param', ['__proto__=1', 'constructor=2']))).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});

describe('metrics', () => {
  test('decimal numbers are read', () => {
    expect(parseNumberPairs('metric', ['a=0.93', 'b=-1e-3', 'c=+2', 'd=.5', 'e=7.'])).toEqual({
      a: 0.93,
      b: -0.001,
      c: 2,
      d: 0.5,
      e: 7,
    });
  });

  test.each(['', ' ', 'NaN', 'Infinity', '1e999', '0x10', '1,5', '1 000'])('%j is no metric', (text) => {
    expect(() => parseNumberPairs('metric', [`a=${text}`])).toThrow('is not a finite decimal number');
  });
});

test('an empty label takes the label away', () => {
  expect(parseLabelChanges('label', ['team=pricing', 'old='])).toEqual({ team: 'pricing', old: null });
});

describe('durations', () => {
  test.each([
    ['0', 0],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
  ])('%s is %d milliseconds', (text, expected) => {
    expect(parseDuration('grace', text)).toBe(expected);
  });

  test.each(['', '1', '-1d', '1.5h', '1y', '1d2h', '9999999d'])('%j is no duration', (text) => {
    expect(() => parseDuration('grace', text)).toThrow('is not a time');
  });
});
