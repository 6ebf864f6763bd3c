import { EMPTY, type Line, line, span } from '../text/line.ts';
import { wrapLine } from '../text/wrap.ts';
import type { Failure } from './failure.ts';

/** An error in full: what it says, what to do, and its code. */
export function failureLines({ code, message, hint }: Failure, width: number): Line[] {
  const wrapped = (of: Line) => wrapLine(of, width - 4).map((each) => line('  ', ...each));
  const [first = '', ...others] = message.split('\n');
  const lines = [
    EMPTY,
    ...wrapped(line(span('✗ ', 'bad'), span(first, 'bad'))),
    ...others.flatMap((each) => wrapped(line(span(each, 'bad')))),
  ];
  if (hint !== null) lines.push(EMPTY, ...wrapped(line(hint)));
  return [...lines, EMPTY, ...wrapped(line(span(`code ${code}`, 'faint')))];
}
