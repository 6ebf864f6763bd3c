import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64url, encodeBase64url } from '../../src/bytes/base64url.ts';

test('base64url gives what Node gives, and reads it back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(decodeBase64url(text)).toEqual(bytes);
    }),
  );
});

test('base64url has one text for every bytes', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 12, unit: fc.constantFrom('A', 'B', 'Q', '_', '-', '=', '+', 'é') }),
      (text) => {
        const bytes = decodeBase64url(text);
        if (bytes !== null) expect(encodeBase64url(bytes)).toBe(text);
      },
    ),
  );
});

test.each(['A', 'AA==', 'AB', 'AAB', 'A+', 'A/', ' AA', 'AA\n', 'AAAAA'])('base64url refuses %j', (text) => {
  expect(decodeBase64url(text)).toBeNull();
});
