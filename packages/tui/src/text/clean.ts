/**
 * Text made safe to show. Control characters can move the cursor, rename the window or rewrite what stands above;
 * bidirectional overrides can make a name read as another (CVE-2021-42574). What terminals do not agree about is taken
 * apart, so that columns line up in all of them.
 */

declare const cleaned: unique symbol;

/** Text that has been cleaned. */
export type CleanText = string & { readonly [cleaned]: true };

/** One line: line breaks and tabs become spaces, all else that is unsafe becomes U+FFFD. */
export function cleanLine(text: string): CleanText {
  if (PRINTABLE_ASCII.test(text)) return text as CleanText;
  const safe = text.replace(LINE_SPACE, ' ').replace(UNSAFE, '\ufffd');
  return apart(safe.replace(DISPUTED, '').normalize('NFC')) as CleanText;
}

/** The lines of a text, each cleaned; tabs become two spaces. */
export function cleanLines(text: string): CleanText[] {
  return text.split(LINE_BREAK).map((line) => cleanLine(line.replaceAll('\t', '  ')));
}

export const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/;
const LINE_SPACE = /\r\n|[\n\r\t\u2028\u2029]/g;

/** Controls (C0, DEL, C1), bidirectional controls, and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Cs}]/gu;

/**
 * Characters that are not seen themselves and make others wider or narrower, in some terminals and not in others:
 * joiners, variation selectors, skin tones, keycaps, tags, and fillers without width.
 */
const DISPUTED =
  /[\p{Variation_Selector}\p{Emoji_Modifier}\u{e0000}-\u{e007f}\u200b-\u200d\u2060\ufeff\u00ad]|\u20e3/gu;

/**
 * What some take for one character and others for two is written as two: conjuncts of Indic scripts, whose parts are
 * kept from joining by a character without width, and the Thai and Lao vowel that stands behind its consonant.
 */
function apart(text: string): string {
  return text
    .replace(LINKER, '$&\u200c')
    .replace(LONE_JAMO, '\ufffd')
    .replaceAll('\u0e33', '\u0e4d\u0e32')
    .replaceAll('\u0eb3', '\u0ecd\u0eb2');
}

/** Vowels and finals of Hangul that did not become part of a syllable: some draw them over what stands before. */
const LONE_JAMO = /[\u1160-\u11ff\ud7b0-\ud7fb]/g;

/** The viramas that join consonants (`InCB=Linker` of Unicode). */
const LINKER = /[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2\u1a60\u1b44\u1bab\ua9c0\uaaf6](?=\p{L})/gu;
