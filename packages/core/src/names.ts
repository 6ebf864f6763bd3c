import { CairnError } from './errors.ts';
import { isDeviceName } from './file-path.ts';

/** Longest name of a model, a version or an alias, characters. */
export const NAME_LENGTH_MAX = 64;

const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const VERSION_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
const UNSAFE_END = /(\.lock|\.git|\.)$/i;

/** Stands for the newest version and cannot name anything else. */
export const LATEST = 'latest';

type Kind = 'model' | 'version' | 'alias';

export function isModelName(text: string): boolean {
  return fits(text, MODEL_NAME);
}

export function isVersionName(text: string): boolean {
  return fits(text, VERSION_NAME) && text !== LATEST;
}

export function isAliasName(text: string): boolean {
  return fits(text, MODEL_NAME) && text !== LATEST;
}

/** Gives the name back, or throws `invalid` with the grammar. */
export function checkModelName(text: string): string {
  return checked(text, 'model', isModelName(text));
}

/** Gives the name back, or throws `invalid` with the grammar. */
export function checkVersionName(text: string): string {
  return checked(text, 'version', isVersionName(text));
}

/** Gives the name back, or throws `invalid` with the grammar. */
export function checkAliasName(text: string): string {
  return checked(text, 'alias', isAliasName(text));
}

/** Models and versions are files in the registry, which has to work on every platform. */
function fits(text: string, grammar: RegExp): boolean {
  const isPlain = text.length <= NAME_LENGTH_MAX && grammar.test(text);
  return isPlain && !text.includes('..') && !UNSAFE_END.test(text) && !isDeviceName(text);
}

function checked(text: string, kind: Kind, valid: boolean): string {
  if (valid) return text;
  if (kind !== 'model' && text === LATEST) {
    throw new CairnError('invalid', `no ${kind} can be named latest: it stands for the newest version`, {
      hint: `choose another name, such as ${kind === 'alias' ? 'prod' : 'v1'}`,
    });
  }
  if (isDeviceName(text)) {
    throw new CairnError(
      'invalid',
      `not ${kind === 'alias' ? 'an' : 'a'} ${kind} name: ${quoted(text)}: Windows has a device of it`,
      {
        hint: 'choose another name',
        data: { kind, name: text },
      },
    );
  }
  const letters = kind === 'version' ? '. _ - +' : '. _ -';
  throw new CairnError('invalid', `not ${kind === 'alias' ? 'an' : 'a'} ${kind} name: ${quoted(text)}`, {
    hint: `use 1 to ${NAME_LENGTH_MAX} of A-Z a-z 0-9 ${letters}, a letter or digit first, no "..", not ending in ".", ".lock" or ".git"`,
    data: { kind, name: text },
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 2 * NAME_LENGTH_MAX));
}
