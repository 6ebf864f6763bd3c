import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeTagMessage, parseTagMessage, type TagSummary } from '../src/versions/tag-message.ts';

const FACTS = { type: 'plaintext', files: 3, size: 2 ** 40, createdAt: '2026-01-01T00:00:00.123Z' } as const;
const TRAILERS =
  'Cairn-Type: plaintext\nCairn-Files: 3\nCairn-Size: 1099511627776\nCairn-Created: 2026-01-01T00:00:00.123Z\n';

test('what the message of a tag says is read back, whatever the description', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...TRAILERS.trimEnd().split('\n'), '', '---', '(no description)', '\r'),
  );
  const description = fc.array(line).map((lines) => lines.join('\n').trim());
  fc.assert(
    fc.property(description, (text) => {
      const summary: TagSummary = { ...FACTS, description: text };
      const read = text === '(no description)' ? '' : text;
      expect(parseTagMessage(encodeTagMessage(summary), 'v1')).toEqual({ ...summary, description: read });
    }),
  );
});

test('without a description there is a subject all the same, and it is read as none', () => {
  const message = encodeTagMessage({ ...FACTS, description: '' });
  expect(message).toBe(`(no description)\n\n${TRAILERS}`);
  expect(parseTagMessage(message, 'v1').description).toBe('');
});

test('a message of trailers alone is read, and one with a signature after them', () => {
  expect(parseTagMessage(TRAILERS, 'v1')).toEqual({ ...FACTS, description: '' });
  const signed = `First\n\n${TRAILERS}-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n`;
  expect(parseTagMessage(signed, 'v1')).toEqual({ ...FACTS, description: 'First' });
});
