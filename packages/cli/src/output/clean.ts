/**
 * Text from a repository, made safe to show. Control characters can move the cursor, rename the window or rewrite
 * what stands above; bidirectional overrides can make a name read as another (CVE-2021-42574).
 */

/** One line: line breaks and tabs become spaces, all else that is unsafe becomes U+FFFD. */
export function cleanLine(text: string): string {
  return text.replace(LINE_SPACE, ' ').replace(UNSAFE, '\ufffd');
}

/** The same for text of several lines, which keeps its line breaks; tabs become spaces. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => cleanLine(line.replaceAll('\t', '  ')))
    .join('\n');
}

/** JSON of a value, laid out for reading, with everything escaped that {@link cleanLine} would replace. */
export function cleanJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE_IN_JSON, escaped);
}

const LINE_SPACE = /\r\n|[\n\r\t\u2028\u2029]/g;

/** Controls (C0, DEL, C1), bidirectional controls, and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Cs}]/gu;

/** `JSON.stringify` has escaped C0 and lone surrogates; what is left of C0 is its own line breaks. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
