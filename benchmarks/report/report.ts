import { FULL_SIZE } from '../bench.ts';
import type { Line } from './line.ts';
import { describeMachine } from './machine.ts';
import { formatTable } from './table.ts';
import { formatDataSize } from './units.ts';

export interface Result {
  readonly size: number;
  readonly runs: number;
  readonly startedAt: Date;
  readonly lines: readonly Line[];
  readonly notes: readonly string[];
}

/** Everything that one run has to tell, in Markdown. */
export function formatReport({ size, runs, startedAt, lines, notes }: Result): string {
  const smaller =
    'The limits are meant for 1 GiB: at this size the results only show that the benchmark works.';
  const remarks = [...(size === FULL_SIZE ? [] : [smaller]), ...notes];
  const day = startedAt.toISOString().slice(0, 10);
  const often = runs === 1 ? 'one run' : `medians of ${runs} alternating runs`;
  return [
    `Measured on ${day} with ${formatDataSize(size)} of data, ${often}, on:`,
    describeMachine(),
    formatTable(lines),
    ...(remarks.length > 0 ? [remarks.map((remark) => `- ${remark}`).join('\n')] : []),
  ].join('\n\n');
}
