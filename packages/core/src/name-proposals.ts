import { isAliasName, isModelName, isVersionName, NAME_LENGTH_MAX } from './names.ts';

/** A name for a model that is as close to a text as the grammar of names allows; the text itself where it is one. */
export function proposeModelName(text: string): string {
  return proposed(text, isModelName, 'model');
}

/** The same for a version. */
export function proposeVersionName(text: string): string {
  return proposed(text, isVersionName, 'v1');
}

/** The same for an alias. */
export function proposeAliasName(text: string): string {
  return proposed(text, isAliasName, 'alias');
}

/** Tried one after the other: a name can be right but for its end, or be that of a device of Windows. */
function proposed(text: string, isName: (name: string) => boolean, fallback: string): string {
  const plain = withoutUnsafe(text);
  if (plain === '') return fallback;
  const tries = [text, plain, plain.replace(/\.(?:lock|git)$/i, ''), `${fallback}-${plain}`];
  return tries.find(isName) ?? fallback;
}

/** Letters lose their accents; what no name can hold becomes a dash, at most one in a place. */
function withoutUnsafe(text: string): string {
  return text
    .slice(0, 4 * NAME_LENGTH_MAX)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._+-]+/g, '-')
    .replace(/\+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/-{2,}/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, NAME_LENGTH_MAX - 'alias-'.length)
    .replace(/[.-]+$/, '');
}
