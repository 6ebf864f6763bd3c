import fc from 'fast-check';
import type { Header } from '../../src/objects/headers.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import type { Person } from '../../src/objects/person.ts';

export const objectIds: fc.Arbitrary<ObjectId> = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('hex') as ObjectId);

/** Text that a line of a header can hold. */
function wordsWithout(forbidden: RegExp): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !forbidden.test(text) && isStable(text));
}

export const people: fc.Arbitrary<Person> = fc.record({
  name: wordsWithout(/[<>\n\0]/),
  email: wordsWithout(/[<>\n\0]/),
  seconds: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  timezone: fc.constantFrom('+0000', '-0000', '+0530', '-1200'),
});

export const headers: fc.Arbitrary<Header> = fc.record({
  name: fc.constantFrom('encoding', 'gpgsig', 'gpgsig-sha256', 'mergetag', 'HG:extra', 'x'),
  value: fc.array(wordsWithout(/[\n\0]/), { maxLength: 4 }).map((lines) => lines.join('\n')),
});

export const messages: fc.Arbitrary<string> = fc
  .string({ unit: 'binary' })
  .filter((text) => !text.includes('\0') && isStable(text));

/** Whether text survives UTF-8. */
function isStable(text: string): boolean {
  return Buffer.from(text).toString() === text;
}
