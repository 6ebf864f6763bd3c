import type { Tone } from '../theme/tones.ts';
import { type CleanText, cleanLine } from './clean.ts';
import { beginning, cut, cutStart, widthOf } from './width.ts';

/** Text with a tone. */
export interface Span {
  readonly text: CleanText;
  readonly tone: Tone;
}

/** A line of the screen. */
export type Line = readonly Span[];

export const EMPTY: Line = [];

/** The only way in which text becomes part of a line: it is cleaned here. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: cleanLine(text), tone };
}

/** A line from texts, which are plain, and spans. */
export function line(...parts: readonly (string | Span)[]): Line {
  return parts
    .map((part) => (typeof part === 'string' ? span(part) : part))
    .filter(({ text }) => text !== '');
}

/** Columns that a line takes. */
export function lineWidth(of: Line): number {
  return of.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The line in exactly so many columns: cut with an ellipsis, or filled up with spaces in a tone. */
export function fit(of: Line, width: number, tone: Tone = 'plain'): Line {
  const natural = lineWidth(of);
  if (natural === width) return of;
  if (natural < width) return [...of, span(' '.repeat(width - natural), tone)];
  return cutLine(of, width);
}

/** The line in at most so many columns. */
export function cutLine(of: Line, width: number): Line {
  if (lineWidth(of) <= width) return of;
  if (width < 1) return EMPTY;
  const kept: Span[] = [];
  let left = width - 1;
  for (const { text, tone } of of) {
    const part = beginning(text, left);
    if (part !== '') kept.push({ text: part, tone });
    left -= widthOf(part);
    if (part !== text) {
      kept.push(span('…', tone));
      break;
    }
  }
  return lineWidth(kept) < width ? [...kept, span(' '.repeat(width - lineWidth(kept)))] : kept;
}

/** A text in exactly so many columns. */
export function cell(text: string, width: number, options: CellOptions = {}): Span {
  const clean = cleanLine(text);
  const short = options.keepEnd ? cutStart(clean, width) : cut(clean, width);
  const spaces = ' '.repeat(Math.max(0, width - widthOf(short)));
  const padded = options.align === 'right' ? spaces + short : short + spaces;
  return { text: padded as CleanText, tone: options.tone ?? 'plain' };
}

export interface CellOptions {
  readonly align?: 'left' | 'right';
  readonly tone?: Tone;
  /** Cuts at the beginning instead of the end. */
  readonly keepEnd?: boolean;
}

/** Something on the left, something on the right, in exactly so many columns; the left gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  const rest = width - lineWidth(right);
  if (rest < 1) return fit(right, width);
  const shown = cutLine(left, Math.max(0, rest - (right.length > 0 ? 1 : 0)));
  return [...fit(shown, rest), ...right];
}

/** The same line with every span in one tone, as a selected row is shown. */
export function inTone(of: Line, tone: Tone): Line {
  return of.map(({ text }) => ({ text, tone }));
}

/** The text of a line without its tones. */
export function plainText(of: Line): string {
  return of.map(({ text }) => text).join('');
}
