import { StoreError } from '../errors.ts';
import { encodePerson, type Person, parsePerson } from '../objects/person.ts';

/** A person as isomorphic-git has them. */
export interface LibraryPerson {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Minutes from local time to UTC, as `Date.getTimezoneOffset` gives them: -120 for `+0200`. */
  readonly timezoneOffset: number;
}

/** Throws `invalid` for a person that Git cannot record. */
export function toLibraryPerson(person: Person): LibraryPerson {
  encodePerson(person);
  const { name, email, seconds, timezone } = person;
  const [hours, minutes] = [Number(timezone.slice(1, 3)), Number(timezone.slice(3))];
  if (minutes > 59) throw new StoreError('invalid', `not a timezone: ${timezone}`);
  const offset = hours * 60 + minutes;
  return {
    name,
    email,
    timestamp: seconds,
    timezoneOffset: timezone.startsWith('-') ? asWest(offset) : asEast(offset),
  };
}

/** The inverse of {@link toLibraryPerson}. Throws `damaged` for what Git could not have recorded. */
export function fromLibraryPerson({ name, email, timestamp, timezoneOffset }: LibraryPerson): Person {
  const isWest = timezoneOffset > 0 || Object.is(timezoneOffset, -0);
  const [hours, minutes] = [Math.floor(Math.abs(timezoneOffset) / 60), Math.abs(timezoneOffset) % 60];
  const timezone = `${isWest ? '-' : '+'}${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`;
  return parsePerson(`${name} <${email}> ${timestamp} ${timezone}`);
}

/** isomorphic-git takes negative zero for `-0000`. */
function asWest(offset: number): number {
  return offset === 0 ? -0 : offset;
}

function asEast(offset: number): number {
  return offset === 0 ? 0 : -offset;
}
