import { CairnError } from '../errors.ts';
import { isModelName } from '../names.ts';

/** The remote that is meant where none is named: the only one there is, or the one of this name. */
export const DEFAULT_REMOTE = 'origin';

/** Gives the name of a remote back, or throws `invalid`: it is part of ref names and of configuration keys. */
export function checkRemoteName(text: string): string {
  // Models of all names are fit for refs, for configuration keys, and for files on every platform.
  if (isModelName(text)) return text;
  throw new CairnError('invalid', `not a name for a remote: ${JSON.stringify(text.slice(0, 100))}`, {
    hint: 'use 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first, such as origin',
    data: { name: text },
  });
}
