import type { Person } from '@cairn/store';
import type { Environment } from '../environment.ts';

/** Who and when, as Git writes it into commits and tags. */
export function signatureAt(at: Date, { identity, timezoneOffsetMinutes }: Environment): Person {
  return {
    name: identity.name,
    email: identity.email,
    seconds: Math.floor(at.getTime() / 1000),
    timezone: timezone(timezoneOffsetMinutes(at)),
  };
}

export function signatureNow(environment: Environment): Person {
  return signatureAt(environment.now(), environment);
}

/** Such as `+0200`. */
function timezone(offsetMinutes: number): string {
  const minutes = Math.abs(Math.round(offsetMinutes));
  const digits = String(Math.floor(minutes / 60)).padStart(2, '0') + String(minutes % 60).padStart(2, '0');
  return (offsetMinutes < 0 ? '-' : '+') + digits;
}
