import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/engines/node.ts';
import { encodeKeyFile, generateKey, KEY_FILE_PATTERN, parseKeyFile } from '../../src/keys/key-file.ts';
import { counting, thrownCode } from '../bytes.ts';

test('a key file is read back, with or without its line break', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      const text = encodeKeyFile(key);
      expect(parseKeyFile(text)).toEqual(key);
      expect(parseKeyFile(text.trimEnd())).toEqual(key);
      expect(parseKeyFile(text.replace('\n', '\r\n'))).toEqual(key);
      expect(encodeKeyFile(parseKeyFile(text))).toBe(text);
    }),
  );
});

test('a key file is one line that a scanner for secrets finds', () => {
  const text = encodeKeyFile(generateKey(nodeEngine));
  expect(text).toMatch(/^CAIRN-SECRET-KEY-1-[A-Z2-7]{64}\n$/);
  expect(`key: ${text} # do not commit`).toMatch(KEY_FILE_PATTERN);
});

describe('a key file is refused', () => {
  const text = encodeKeyFile(counting(32)).trimEnd();

  test('when any letter of it is another', () => {
    for (let i = 0; i < text.length; i++) {
      const letter = text[i] === 'Q' ? 'R' : 'Q';
      expect(thrownCode(() => parseKeyFile(text.slice(0, i) + letter + text.slice(i + 1)))).toBe('format');
    }
  });

  test.each([
    ['nothing', ''],
    ['a letter missing', text.slice(0, -1)],
    ['a letter more', `${text}A`],
    ['small letters', text.toLowerCase()],
    ['a space before', ` ${text}`],
    ['a second line', `${text}\n${text}\n`],
    ['a blank line', `${text}\n\n`],
    ['another type', text.replace('SECRET-KEY-1', 'SECRET-KEY-2')],
  ])('with %s', (_, changed) => {
    expect(thrownCode(() => parseKeyFile(changed))).toBe('format');
  });

  test('without quoting it', () => {
    try {
      parseKeyFile(`${text}x`);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain(text.slice(20, 40));
    }
  });
});

test('only 32 bytes are a key', () => {
  expect(thrownCode(() => encodeKeyFile(counting(31)))).toBe('invalid');
});
