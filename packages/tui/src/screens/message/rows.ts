import { EMPTY, type Line, line } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { failureLines } from '../../ui/failure-rows.ts';
import type { Notice } from '../../ui/notice.ts';

export function messageLines({ text, failure }: Notice, width: number): Line[] {
  if (failure) return failureLines(failure, width);
  const wrapped = text.split('\n').flatMap((each) => wrapLine(line(each), width - 4));
  return [EMPTY, ...wrapped.map((each) => line('  ', ...each))];
}
