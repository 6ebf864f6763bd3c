import { cleanLine } from './clean.ts';
import { type Line, type Span, span } from './line.ts';
import { beginning, widthOf } from './width.ts';

/** A line broken into lines of at most so many columns, between words where that is possible. */
export function wrapLine(of: Line, width: number, indent = ''): Line[] {
  const room = Math.max(1, width);
  const lines: Span[][] = [[]];
  let used = 0;
  for (const word of wordsOf(of)) {
    const isSpace = /^\s+$/.test(word.text);
    const wordWidth = widthOf(word.text);
    if (used + wordWidth <= room) {
      if (isSpace && used === 0 && lines.length > 1) continue;
      lines.at(-1)!.push(word);
      used += wordWidth;
      continue;
    }
    if (isSpace) continue;
    let rest = word.text;
    while (rest !== '') {
      if (used > 0) {
        lines.push(indent === '' ? [] : [span(indent)]);
        used = indent.length;
      }
      const part = beginning(rest, Math.max(1, room - used));
      const taken = part === '' ? rest.slice(0, 2) : part;
      lines.at(-1)!.push({ text: cleanLine(taken), tone: word.tone });
      used += Math.max(1, widthOf(cleanLine(taken)));
      rest = rest.slice(taken.length) as typeof rest;
    }
  }
  return lines;
}

/** Words and the spaces between them, each with its tone. */
function wordsOf(of: Line): Span[] {
  return of.flatMap(({ text, tone }) =>
    text
      .split(/( +)/)
      .filter((word) => word !== '')
      .map((word) => ({ text: cleanLine(word), tone })),
  );
}
