import stringWidth from 'string-width';
import { type CleanText, PRINTABLE_ASCII } from './clean.ts';

/** The columns that a text takes on a terminal. */
export function widthOf(text: CleanText): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** The text cut to a width, with an ellipsis in the last column; never within a character as the reader sees it. */
export function cut(text: CleanText, width: number): CleanText {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '' as CleanText;
  return `${beginning(text, width - 1)}…` as CleanText;
}

/** The same, with the end kept: of a long path that is what tells it from others. */
export function cutStart(text: CleanText, width: number): CleanText {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '' as CleanText;
  const characters = [...segmenter.segment(text)].map(({ segment }) => segment as CleanText);
  let kept = '';
  let used = 1;
  for (const character of characters.reverse()) {
    used += widthOf(character);
    if (used > width) break;
    kept = character + kept;
  }
  return `…${kept}` as CleanText;
}

/** As much of the text as fits into a width. */
export function beginning(text: CleanText, width: number): CleanText {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, Math.max(0, width)) as CleanText;
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += widthOf(segment as CleanText);
    if (used > width) break;
    kept += segment;
  }
  return kept as CleanText;
}

/** Characters as the reader sees them. */
export function charactersOf(text: string): string[] {
  return PRINTABLE_ASCII.test(text)
    ? text.split('')
    : [...segmenter.segment(text)].map(({ segment }) => segment);
}

const segmenter = new Intl.Segmenter();
