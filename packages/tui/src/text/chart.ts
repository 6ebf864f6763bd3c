import { type Line, line, span } from './line.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const LEVELS = '▁▂▃▄▅▆▇█';

/** A bar filled up to a share of so many columns. */
export function bar(share: number, width: number): Line {
  const eighths = eighthsOf(share, width);
  const whole = Math.floor(eighths / 8);
  const part = EIGHTHS[eighths % 8]!;
  const rest = width - whole - (part === '' ? 0 : 1);
  return line(span('█'.repeat(whole) + part, 'bar'), span('░'.repeat(Math.max(0, rest)), 'barRest'));
}

/** A bar without what is left, for charts where only lengths are compared. */
export function plainBar(share: number, width: number): Line {
  const eighths = Math.max(1, eighthsOf(share, width));
  return line(span('█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!, 'bar'));
}

/** A share that is no number fills nothing. */
function eighthsOf(share: number, width: number): number {
  return Math.round(Math.max(0, Math.min(1, share || 0)) * width * 8);
}

/** A character for each value, the lowest at the bottom; a gap for one that is missing. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const lowest = Math.min(...known);
  const span = Math.max(...known) - lowest;
  const level = (value: number) => (span === 0 ? 3 : Math.round(((value - lowest) / span) * 7));
  return values.map((value) => (value === null ? ' ' : LEVELS[level(value)])).join('');
}

/** At most so many of the values, the newest; older ones are thinned out evenly where there are more. */
export function thinned<Value>(values: readonly Value[], count: number): Value[] {
  if (values.length <= count) return [...values];
  return Array.from(
    { length: count },
    (_, index) => values[Math.round((index * (values.length - 1)) / Math.max(1, count - 1))]!,
  );
}
