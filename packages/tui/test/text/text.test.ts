import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bar, sparkline, thinned } from '../../src/text/chart.ts';
import { type CleanText, cleanLine, cleanLines } from '../../src/text/clean.ts';
import { cell, cutLine, fit, line, lineWidth, plainText, span, spread } from '../../src/text/line.ts';
import { charactersOf, cut, cutStart, widthOf } from '../../src/text/width.ts';
import { wrapLine } from '../../src/text/wrap.ts';

/** Controls, bidirectional controls, line separators, halves of pairs. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/u;

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

/** The columns of each code point by itself, as terminals add them up. */
function columnsByCodePoint(text: string): number {
  return [...text].reduce(
    (sum, character) => sum + (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character) ? 0 : widthOf(character as CleanText)),
    0,
  );
}

describe('cleaning', () => {
  test('whatever comes in, nothing unsafe comes out', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cleanLine(text)).not.toMatch(UNSAFE);
        expect(cleanLines(text).join('')).not.toMatch(UNSAFE);
      }),
    );
  });

  test('a text that is clean stays as it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cleanLine(cleanLine(text))).toBe(cleanLine(text));
      }),
    );
  });

  test.each([
    ['a\u001b[2Jb\u009b31m', 'a�[2Jb�31m'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['abc\u202edef', 'abc�def'],
  ])('%j is shown as %j', (text, shown) => expect(cleanLine(text)).toBe(shown));

  test.each([
    '👩‍👩‍👧 family',
    '❤️ heart',
    '👍🏽 thumb',
    '1️⃣ keycap',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag',
    'नमस्ते',
    'น้ำ',
    '각',
    'e\u0301te\u0301',
    '日本語',
  ])('%s takes as many columns as its characters do by themselves', (text) => {
    const clean = cleanLine(text);
    expect(widthOf(clean)).toBe(columnsByCodePoint(clean));
  });
});

describe('widths', () => {
  test('what is cut fits, and ends with an ellipsis', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 30 }), (text, width) => {
        const clean = cleanLine(text);
        for (const short of [cut(clean, width), cutStart(clean, width)]) {
          expect(widthOf(short)).toBeLessThanOrEqual(width);
          if (widthOf(clean) > width) expect(short).toContain('…');
          else expect(short).toBe(clean);
        }
      }),
    );
  });

  test('a cell and a fitted line have exactly their width', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 2, max: 40 }), (first, second, width) => {
        expect(lineWidth([cell(first, width)])).toBe(width);
        expect(lineWidth([cell(first, width, { align: 'right' })])).toBe(width);
        expect(lineWidth(fit(line(first, span(second, 'name')), width))).toBe(width);
        expect(lineWidth(spread(line(first), line(second), width))).toBe(width);
      }),
    );
  });

  test('a wide character that would be cut in half is left out', () => {
    expect(plainText(cutLine(line('日本語'), 4))).toBe('日… ');
    expect(cutStart(cleanLine('/a/日本語'), 5)).toBe('…本語');
    expect(charactersOf('e\u0301a')).toEqual(['e\u0301', 'a']);
  });
});

describe('wrapping', () => {
  test('lines fit, and no word is lost', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 20 });
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 30 }), (text, width) => {
        const lines = wrapLine(line(text.join(' ')), width);
        for (const each of lines) expect(lineWidth(each)).toBeLessThanOrEqual(width);
        expect(lines.map(plainText).join('').replaceAll(' ', '')).toBe(text.join(''));
      }),
    );
  });

  test('words stay whole where they can, and tones with their words', () => {
    const wrapped = wrapLine(line('the ', span('quick brown', 'strong'), ' fox'), 9);
    expect(wrapped.map(plainText)).toEqual(['the quick', 'brown fox']);
    expect(wrapped[1]![0]).toEqual({ text: 'brown', tone: 'strong' });
  });
});

describe('charts', () => {
  test('a bar is as full as its share, to an eighth', () => {
    expect(plainText(bar(0.5, 4))).toBe('██░░');
    expect(plainText(bar(0.55, 10))).toBe('█████▌░░░░');
    expect(plainText(bar(2, 3))).toBe('███');
    expect(plainText(bar(Number.NaN, 3))).toHaveLength(3);
  });

  test('a sparkline spans from the lowest to the highest', () => {
    expect(sparkline([0, 5, 10])).toBe('▁▅█');
    expect(sparkline([1, null, 1])).toBe('▄ ▄');
    expect(sparkline([])).toBe('');
    expect(thinned([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5]);
  });
});
