import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanJson, cleanLine, cleanText } from '../../src/output/clean.ts';

/** Controls, bidirectional controls, line separators, halves of pairs. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/u;

const NASTY = 'a\u001b[2Jb\u009b31mc\u202ed\u2066e\u0000f\ud800g\u007fh\u061ci';

describe('text for the terminal', () => {
  test('escape sequences and direction changes lose their power', () => {
    expect(cleanLine(NASTY)).toBe('a�[2Jb�31mc�d�e�f�g�h�i');
  });

  test('a line stays a line', () => {
    expect(cleanLine('one\r\ntwo\nthree\tfour\u2028five')).toBe('one two three four five');
  });

  test('several lines keep their breaks and lose everything else', () => {
    expect(cleanText('# Title\r\n\tcode\u001b[1m\n')).toBe('# Title\n  code�[1m\n');
  });

  test('scripts of all directions, accents and emoji are left alone', () => {
    const text = 'Größe 模型 שלום नमस्ते 👩‍👩‍👧 🏴‍☠️ é';
    expect(cleanLine(text)).toBe(text);
  });

  test('whatever comes in, nothing unsafe comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanLine(text)).not.toMatch(UNSAFE);
        expect(cleanText(text).replaceAll('\n', '')).not.toMatch(UNSAFE);
      }),
    );
  });
});

describe('JSON', () => {
  test('what is unsafe is escaped, and reads back as it was', () => {
    const json = cleanJson({ name: NASTY });
    expect(json.replaceAll('\n', '')).not.toMatch(UNSAFE);
    expect(JSON.parse(json)).toEqual({ name: NASTY });
  });

  test('any text reads back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(cleanJson([text], 0))).toEqual([text]);
      }),
    );
  });
});
