import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromLibraryPerson, toLibraryPerson } from '../../src/repository/library-person.ts';

test('a person keeps every field on the way through isomorphic-git, -0000 too', () => {
  const person = fc.record({
    name: fc.stringMatching(/^[A-Za-zé .]{0,9}$/),
    email: fc.stringMatching(/^[a-z@.]{0,9}$/),
    seconds: fc.nat(),
    timezone: fc.oneof(fc.constantFrom('+0000', '-0000'), fc.stringMatching(/^[+-][0-9][0-9][0-5][0-9]$/)),
  });
  fc.assert(
    fc.property(person, (each) => {
      expect(fromLibraryPerson(toLibraryPerson(each))).toEqual(each);
    }),
  );
});

test('offsets count from local time to UTC, as those of Date', () => {
  const person = { name: 'A', email: 'a', seconds: 1, timezone: '+0230' };
  expect(toLibraryPerson(person).timezoneOffset).toBe(-150);
  expect(toLibraryPerson({ ...person, timezone: '-0800' }).timezoneOffset).toBe(480);
});

test('a person that Git cannot have recorded is damage', () => {
  const person = { name: 'A', email: 'a', timestamp: 1, timezoneOffset: 0 };
  for (const wrong of [{ timestamp: Number.NaN }, { timezoneOffset: Number.NaN }, { name: '<' }]) {
    expect(() => fromLibraryPerson({ ...person, ...wrong })).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    );
  }
});
