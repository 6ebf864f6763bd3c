import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldLine } from '../../src/form/field-rows.ts';
import { formatLabels, parseLabels } from '../../src/form/labels.ts';
import { type TextField, textField, typeInto } from '../../src/form/text-field.ts';
import { lineWidth, plainText } from '../../src/text/line.ts';

const press = (field: TextField, ...names: readonly string[]) =>
  names.reduce((state, name) => typeInto(state, { kind: 'key', name }), field);

describe('a field', () => {
  test('is edited as in a shell', () => {
    const field = textField('the quick fox');
    expect(press(field, 'ctrl+w', 'd', 'o', 'g').text).toBe('the quick dog');
    expect(press(field, 'ctrl+a', 'delete', 'ctrl+e', 'backspace').text).toBe('he quick fo');
    expect(press(field, 'left', 'left', 'left', 'ctrl+k').text).toBe('the quick ');
    expect(press(field, 'home', 'right', 'ctrl+u').text).toBe('he quick fox');
    expect(press(field, 'f1', 'up', 'ctrl+x')).toEqual(field);
  });

  test('moves by characters as the reader sees them', () => {
    expect(press(textField('a👩‍👩‍👧b'), 'left', 'backspace').text).toBe('ab');
    expect(press(textField('e\u0301'), 'backspace').text).toBe('');
  });

  test('takes a paste as one line', () => {
    expect(typeInto(textField('x'), { kind: 'paste', text: 'a\r\nb\tc\n' }).text).toBe('xa b c');
  });

  test('keeps its cursor inside, and its width on the screen', () => {
    const keys = fc.array(
      fc.constantFrom('a', '日', 'space', 'left', 'right', 'home', 'end', 'backspace', 'delete', 'ctrl+w'),
    );
    fc.assert(
      fc.property(keys, fc.integer({ min: 3, max: 12 }), (names, width) => {
        const field = press(textField('start'), ...names);
        expect(field.cursor).toBeGreaterThanOrEqual(0);
        expect(field.cursor).toBeLessThanOrEqual([...field.text].length);
        const shown = fieldLine(field, { width, hasFocus: true });
        expect(lineWidth(shown)).toBe(width);
        expect(shown.some(({ tone }) => tone === 'cursor')).toBe(true);
      }),
    );
  });

  test('shows a passphrase as dots', () => {
    expect(plainText(fieldLine(textField('secret'), { width: 8, hasFocus: false, hidden: true }))).toBe(
      '••••••  ',
    );
  });
});

describe('labels', () => {
  test('are words with an equals sign; values with spaces in quotes', () => {
    expect(parseLabels('a=1 b="two words" c=')).toEqual({ a: '1', b: 'two words', c: '' });
    expect(parseLabels('')).toEqual({});
    expect(parseLabels('a b=1')).toBeNull();
    expect(parseLabels('=1')).toBeNull();
  });

  test('read back as they were', () => {
    const key = fc.stringMatching(/^[a-z]{1,5}$/);
    const value = fc.stringMatching(/^[a-z =.]{0,8}$/);
    fc.assert(
      fc.property(fc.dictionary(key, value), (labels) => {
        expect(parseLabels(formatLabels(labels))).toEqual({ ...labels });
      }),
    );
  });
});
