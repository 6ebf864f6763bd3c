import { type CleanText, cleanLine } from '../text/clean.ts';
import { type Line, type Span, span } from '../text/line.ts';
import { charactersOf, widthOf } from '../text/width.ts';
import type { TextField } from './text-field.ts';

export interface FieldLook {
  readonly width: number;
  readonly hasFocus: boolean;
  /** Shown, faint, in an empty field. */
  readonly placeholder?: string;
  /** Shows dots, as for a passphrase. */
  readonly hidden?: boolean;
}

/** A field in exactly so many columns, moved so that its cursor is in sight. */
export function fieldLine(field: TextField, look: FieldLook): Line {
  if (field.text === '' && !look.hasFocus) return filled([span(look.placeholder ?? '', 'faint')], look.width);
  const characters = charactersOf(field.text).map((each) => (look.hidden ? '•' : cleanLine(each)));
  const shown = window(characters as CleanText[], field.cursor, look.width);
  const spans = shown.map(
    ({ text, isCursor }): Span => span(text, isCursor && look.hasFocus ? 'cursor' : 'field'),
  );
  const rest = field.text === '' ? [span(look.placeholder ?? '', 'faint')] : [];
  return filled([...merged(spans), ...rest], look.width);
}

function filled(spans: readonly Span[], width: number): Line {
  const used = spans.reduce((sum, { text }) => sum + widthOf(text), 0);
  if (used > width) return spans.length > 1 ? filled(spans.slice(0, -1), width) : [];
  return [...spans, span(' '.repeat(width - used), 'field')];
}

interface ShownCharacter {
  readonly text: CleanText;
  readonly isCursor: boolean;
}

/** The characters around the cursor that fit, and a space for the cursor behind the last one. */
function window(characters: readonly CleanText[], cursor: number, width: number): ShownCharacter[] {
  const all = [...characters, ' ' as CleanText].map((text, index) => ({ text, isCursor: index === cursor }));
  let from = cursor;
  let used = widthOf(all[cursor]?.text ?? (' ' as CleanText));
  while (from > 0 && used + widthOf(all[from - 1]!.text) <= width) {
    from -= 1;
    used += widthOf(all[from]!.text);
  }
  let to = cursor + 1;
  while (to < all.length && used + widthOf(all[to]!.text) <= width) {
    used += widthOf(all[to]!.text);
    to += 1;
  }
  return all.slice(from, to);
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const each of spans) {
    const last = result.at(-1);
    if (last && last.tone === each.tone)
      result[result.length - 1] = { tone: last.tone, text: (last.text + each.text) as CleanText };
    else result.push(each);
  }
  return result;
}
