import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCanonicalJson, type JsonValue, parseCanonicalJson } from '../../src/bytes/canonical-json.ts';
import { utf8Bytes, utf8Text } from '../../src/bytes/text.ts';
import { thrownCode } from '../bytes.ts';

const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeNat(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('canonical JSON reads back what it wrote, and writes back what it read', () => {
  fc.assert(
    fc.property(value, (json) => {
      const bytes = encodeCanonicalJson(json);
      expect(parseCanonicalJson(bytes, 'test')).toEqual(JSON.parse(utf8Text(bytes)!));
      expect(encodeCanonicalJson(parseCanonicalJson(bytes, 'test'))).toEqual(bytes);
    }),
  );
});

describe('canonical JSON has one spelling', () => {
  test.each([
    ['white space', '{"a": 1}'],
    ['white space at the end', '{"a":1}\n'],
    ['unsorted keys', '{"b":1,"a":2}'],
    ['duplicate keys', '{"a":1,"a":1}'],
    ['an exponent', '[1e0]'],
    ['a negative zero', '[-0]'],
    ['a negative number', '[-1]'],
    ['a fraction', '[0.5]'],
    ['a number beyond 2^53', '[9007199254740992]'],
    ['an escape that is not needed', '["\\u0061"]'],
    ['an escape in capitals', '["\\u001F"]'],
    ['half a surrogate pair', '["\\ud800"]'],
    ['a byte order mark', '\ufeff[]'],
    ['nesting without end', `${'['.repeat(2000)}${']'.repeat(2000)}`],
    ['an object in an object in an object …', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`],
    ['nothing', ''],
    ['something after the end', '[]]'],
  ])('so that it refuses %s', (_, text) => {
    expect(thrownCode(() => parseCanonicalJson(utf8Bytes(text), 'test'))).toBe('format');
  });

  test('so that it refuses bytes that are not UTF-8', () => {
    expect(thrownCode(() => parseCanonicalJson(Uint8Array.of(0x22, 0xff, 0x22), 'test'))).toBe('format');
  });
});

test('a refusal does not quote what it refuses', () => {
  try {
    parseCanonicalJson(utf8Bytes('{"secret-name": oops'), 'test');
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain('secret-name');
    expect((error as Error).cause).toBeUndefined();
  }
});
