import { StoreError } from '../errors.ts';

/** Who did something and when, as commits and tags record it. */
export interface Person {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970 in UTC. */
  readonly seconds: number;
  /** Offset of the clock they looked at, such as `+0200`; `-0000` differs from `+0000`, as in Git. */
  readonly timezone: string;
}

/** The grammar of Git's fsck: no angle brackets inside, no leading zeros in the date. */
const PERSON = /^([^<>\n\0]*) <([^<>\n\0]*)> (0|[1-9][0-9]{0,15}) ([+-][0-9]{4})$/;

/** Throws `damaged` for anything that `git fsck` would complain about. */
export function parsePerson(text: string): Person {
  const person = read(text);
  if (!person) {
    throw new StoreError(
      'damaged',
      `malformed person: expected 'name <email> seconds zone', got ${quoted(text)}`,
    );
  }
  return person;
}

/** Throws `invalid` for a person that could not be read back. */
export function encodePerson(person: Person): string {
  const text = `${person.name} <${person.email}> ${person.seconds} ${person.timezone}`;
  if (!read(text)) throw new StoreError('invalid', `not a person that Git can record: ${quoted(text)}`);
  return text;
}

function read(text: string): Person | null {
  const match = PERSON.exec(text);
  if (!match) return null;
  const [, name = '', email = '', digits = '', timezone = ''] = match;
  const seconds = Number(digits);
  return Number.isSafeInteger(seconds) ? { name, email, seconds, timezone } : null;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
