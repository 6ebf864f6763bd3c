import { median, type Sample } from '../measure/sample.ts';
import { type Limits, type Line, share, verdictOn } from './line.ts';
import { formatFactor, formatValue } from './units.ts';

const HEADINGS = ['', 'measured', 'compared with', 'ratio', 'reach for', 'at least', 'result'];

/** The lines as a Markdown table that can be read as text too. */
export function formatTable(lines: readonly Line[]): string {
  const cells = [HEADINGS, ...lines.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const [headings, ...rows] = cells.map((row) => formatRow(row, widths));
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [headings!, rule, ...rows].join('\n');
}

function formatRow(cells: readonly string[], widths: readonly number[]): string {
  return `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
}

function cellsOf(line: Line): string[] {
  const { what, measured, comparedWith, limits } = line;
  const verdict = verdictOn(line);
  return [
    what,
    formatSample(measured),
    comparedWith ? `${comparedWith.name}: ${formatSample(comparedWith.sample)}` : '',
    formatRatio(line),
    formatLimit(limits?.reachFor, line),
    formatLimit(limits?.atLeast, line),
    verdict === 'none' ? '' : verdict === 'missed' ? '**missed**' : verdict,
  ];
}

/** The median, and how far the single values lie apart where there are several. */
function formatSample(sample: Sample): string {
  const { unit, values } = sample;
  const middle = formatValue(unit, median(sample));
  const [lowest, highest] = [Math.min(...values), Math.max(...values)].map((value) =>
    formatValue(unit, value),
  );
  return lowest === highest ? middle : `${middle} (${lowest} to ${highest})`;
}

function formatRatio(line: Line): string {
  const ratio = share(line);
  if (ratio === null) return '';
  return line.limits?.judge === 'advantage' ? `${formatFactor(1 / ratio)} as fast` : formatFactor(ratio);
}

function formatLimit(limit: number | undefined, { measured, limits }: Line): string {
  if (limit === undefined) return '';
  return limitFormats[limits!.judge](limit, measured);
}

const limitFormats: Readonly<Record<Limits['judge'], (limit: number, measured: Sample) => string>> = {
  quantity: (limit, { unit }) => formatValue(unit, limit),
  share: (limit) => `${limit} ×`,
  advantage: (limit) => `${limit} × as fast`,
};
