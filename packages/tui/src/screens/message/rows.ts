import { EMPTY, type Line, line } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { failureLines } from '../../ui/failure-rows.ts';
import type { Notice } from '../../ui/notice.ts';

export function messageLines({ text, failure }: Notice, width: number): Line[] {
  if (failure) return failureLines(failure, width);
  return [EMPTY, ...wrapLine(line(text), width - 4).map((each) => line('  ', ...each))];
}
