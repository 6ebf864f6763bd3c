import { EMPTY, type Line, line, span } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import type { Question } from './state.ts';

export function questionLines(
  { title, lines, verb, otherwise = 'leave it' }: Question,
  width: number,
): Line[] {
  const wrapped = lines.flatMap((text) => wrapLine(line(text), width - 4).map((each) => line('  ', ...each)));
  return [
    EMPTY,
    line('  ', span(title, 'heading')),
    EMPTY,
    ...wrapped,
    EMPTY,
    line('  ', span('y', 'key'), ` ${verb}   `, span('Esc', 'key'), ` ${otherwise}`),
  ];
}
