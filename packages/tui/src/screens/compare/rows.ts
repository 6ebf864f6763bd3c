import type { FileChange, ValueChange, VersionComparison } from '@cairn/core';
import { formatCount, formatNumber, formatSize } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import { cell, EMPTY, fit, type Line, line, span } from '../../text/line.ts';
import type { Tone } from '../../theme/tones.ts';

const KIND_TONES: Readonly<Record<FileChange['kind'], Tone>> = {
  added: 'good',
  removed: 'bad',
  changed: 'warning',
  renamed: 'accent',
};

export const CHANGE_COLUMNS: readonly Column<FileChange>[] = [
  { name: 'kind', header: 'CHANGE', text: ({ kind }) => kind, tone: ({ kind }) => KIND_TONES[kind] },
  {
    name: 'path',
    header: 'FILE',
    text: ({ kind, path, before }) => (kind === 'renamed' ? `${before?.path} → ${path}` : path),
    shrinksTo: 16,
  },
  {
    name: 'before',
    header: 'BEFORE',
    align: 'right',
    text: ({ before }) => (before === null ? '–' : formatSize(before.size)),
    tone: 'faint',
  },
  {
    name: 'size',
    header: 'AFTER',
    align: 'right',
    text: ({ after }) => (after === null ? '–' : formatSize(after.size)),
  },
];

export const NO_CHANGES: readonly Line[] = [EMPTY, line('  All files are the same.')];

/** `3 changed, 1 added; 12 files, 1.2 GiB are the same`. */
export function changeSummary({ files, unchanged, isShut }: VersionComparison): Line {
  if (isShut)
    return line(' ', span('sealed, and none of your keys opens it: compared as it is stored', 'warning'));
  const kinds = (['changed', 'added', 'removed', 'renamed'] as const).flatMap((kind) => {
    const count = files.filter((each) => each.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const same = `${formatCount(unchanged.files, 'file')} the same, ${formatSize(unchanged.bytes)}`;
  return line(' ', kinds.length === 0 ? 'no changes' : kinds.join(', '), span(`;  ${same}`, 'faint'));
}

const NAME_WIDTH = 22;

/** Metrics, parameters and labels of both versions side by side. */
export function valueLines(
  { before, after, metrics, params, labels }: VersionComparison,
  width: number,
): Line[] {
  const columnWidth = Math.max(8, Math.min(24, Math.floor((width - NAME_WIDTH - 20) / 2)));
  const header = fit(
    line(
      '  ',
      cell('', NAME_WIDTH),
      cell(before.version, columnWidth, { align: 'right', tone: 'heading' }),
      '  ',
      cell(after.version, columnWidth, { align: 'right', tone: 'heading' }),
    ),
    width,
  );
  const sections = [
    ...section('metrics', metrics, (change) => metricLine(change, columnWidth)),
    ...section('parameters', params, (change) => textLine(change, columnWidth)),
    ...section('labels', labels, (change) => textLine(change, columnWidth)),
  ];
  if (sections.length === 0) return [EMPTY, line('  Neither records metrics, parameters or labels.')];
  return [header, ...sections];
}

function section<Value>(
  title: string,
  changes: readonly ValueChange<Value>[],
  lineOf: (change: ValueChange<Value>) => Line,
): Line[] {
  return changes.length === 0 ? [] : [EMPTY, line('  ', span(title, 'heading')), ...changes.map(lineOf)];
}

function metricLine({ name, before, after }: ValueChange<number>, width: number): Line {
  const value = (of: number | null) => (of === null ? '–' : formatNumber(of));
  const difference = before === null || after === null ? 0 : after - before;
  const share =
    difference === 0 || before === 0 || before === null ? '' : shareText(difference / Math.abs(before));
  const sign = difference > 0 ? '+' : '';
  const told = difference === 0 ? '' : `  ${sign}${formatNumber(difference)}${share}`;
  return valueLine(
    { name, before: value(before), after: value(after), told, isSame: before === after },
    width,
  );
}

function shareText(share: number): string {
  return `  ${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
}

function textLine({ name, before, after }: ValueChange<string>, width: number): Line {
  return valueLine(
    { name, before: before ?? '–', after: after ?? '–', told: '', isSame: before === after },
    width,
  );
}

interface ValueText {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly told: string;
  readonly isSame: boolean;
}

function valueLine({ name, before, after, told, isSame }: ValueText, width: number): Line {
  return line(
    isSame ? '    ' : span('  ≠ ', 'warning'),
    cell(name, NAME_WIDTH - 2, { tone: 'name' }),
    cell(before, width, { align: 'right', tone: 'faint' }),
    '  ',
    cell(after, width, { align: 'right', tone: isSame ? 'faint' : 'strong' }),
    span(told, 'accent'),
  );
}
