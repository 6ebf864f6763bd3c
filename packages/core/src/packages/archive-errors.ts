import { CairnError } from '../errors.ts';

/** The error for an archive that could do harm, or that two programs would read differently. */
export function hostile(message: string, hint = 'do not trust where this archive came from'): CairnError {
  return new CairnError('hostile', message, { hint });
}

/** The error for an archive that is not what it says. */
export function damaged(message: string): CairnError {
  return new CairnError('damaged', message, { hint: 'take the archive again from where it came' });
}

/** The error for an archive that other programs can read. */
export function unsupported(message: string, hint: string): CairnError {
  return new CairnError('unsupported', message, { hint });
}

/** Longest name that is repeated in a message, characters. */
const SHOWN_MAX = 200;

/** A name from an archive as messages show it. */
export function shown(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_MAX));
}
