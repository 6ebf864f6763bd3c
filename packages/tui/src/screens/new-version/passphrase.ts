/** How hard a passphrase is to guess, as far as its form tells. */
export interface Strength {
  /** log2 of the guesses that it takes. */
  readonly bits: number;
  readonly word: 'weak' | 'fair' | 'strong';
}

/** Below this a passphrase can be guessed with what many can buy; scrypt adds about 20 bits to that. */
const FAIR_BITS = 45;
const STRONG_BITS = 70;

/** What kinds of characters add to the choice for each. */
const KINDS: readonly (readonly [pattern: RegExp, count: number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/\d/, 10],
  [/ /, 1],
  [/[!-/:-@[-`{-~]/, 32],
  [/[^\0-~]/, 100],
];

/** An estimate from above, and no more: it knows no words, but what repeats or runs on counts little. */
export function strengthOf(passphrase: string): Strength {
  const choice = KINDS.reduce((sum, [pattern, count]) => sum + (pattern.test(passphrase) ? count : 0), 0);
  const characters = [...passphrase];
  const surprising = characters.filter((character, index) => !isExpected(characters, index, character));
  const bits = surprising.length * Math.log2(Math.max(2, choice));
  return { bits, word: bits < FAIR_BITS ? 'weak' : bits < STRONG_BITS ? 'fair' : 'strong' };
}

/** The same as the one before, or the next in order. */
function isExpected(characters: readonly string[], index: number, character: string): boolean {
  const before = characters[index - 1];
  if (before === undefined) return false;
  const step = character.codePointAt(0)! - before.codePointAt(0)!;
  return Math.abs(step) <= 1 || characters.indexOf(character) < index - 8;
}

/** Without those that look like others. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const GROUPS = 5;
const GROUP_LENGTH = 4;

/** A proposal of 100 bits, in groups that can be read out: `x7kd-...`. */
export function proposePassphrase(): string {
  const random = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LENGTH));
  const letters = [...random].map((byte) => ALPHABET[byte % ALPHABET.length]!);
  return Array.from({ length: GROUPS }, (_, index) =>
    letters.slice(index * GROUP_LENGTH, (index + 1) * GROUP_LENGTH).join(''),
  ).join('-');
}
