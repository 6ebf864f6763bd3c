import type { Model } from '@cairn/core';
import { formatAge, formatNumber, formatSize, formatTime } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import { plainBar, sparkline, thinned } from '../../text/chart.ts';
import { cell, EMPTY, fit, inTone, type Line, line, span } from '../../text/line.ts';
import { badgesOf } from '../badges.ts';
import { labelSpans } from '../label-rows.ts';
import { shortSource } from '../source-rows.ts';
import type { MetricSeries, VersionRow } from './state.ts';

export const NO_VERSIONS: readonly Line[] = [
  EMPTY,
  line('  This model has no versions yet.'),
  EMPTY,
  line('  ', span('n', 'key'), ' adds one.'),
];

/** Description, labels with aliases, and times: always so many lines, so that nothing jumps. */
export function headLines(model: Model | null, now: Date): Line[] {
  if (model === null) return [EMPTY, EMPTY, EMPTY];
  const { description, labels, aliases, createdAt, createdBy, modifiedAt, modifiedBy } = model;
  const moved = Object.entries(aliases).flatMap(([alias, version]) => [
    span(`  ${alias}`, 'badge'),
    span(' → ', 'faint'),
    span(version),
  ]);
  const made = `made ${formatTime(createdAt)} by ${createdBy.name}`;
  const changed = `changed ${formatAge(modifiedAt, now)} by ${modifiedBy.name}`;
  return [
    line(' ', description === '' ? span('no description', 'faint') : span(description)),
    line(' ', ...labelSpans(labels), ...moved),
    line(' ', span(`${made}, ${changed}`, 'faint')),
  ];
}

export function versionColumns(now: Date): Column<VersionRow>[] {
  const unless =
    (text: (row: VersionRow) => string): Column<VersionRow>['text'] =>
    (row) =>
      row.problem ? '' : text(row);
  return [
    {
      name: 'version',
      header: 'VERSION',
      text: ({ version }) => version,
      tone: ({ problem }) => (problem ? 'bad' : 'name'),
      shrinksTo: 10,
    },
    {
      name: 'badges',
      header: '',
      text: (row) => (row.problem ? `cannot be read: ${row.problem.message}` : badgesOf(row).join(' ')),
      tone: ({ problem }) => (problem ? 'bad' : 'badge'),
      shrinksTo: 24,
    },
    { name: 'age', header: 'AGE', text: unless(({ createdAt }) => formatAge(createdAt, now)), tone: 'faint' },
    {
      name: 'by',
      header: 'BY',
      text: unless(({ createdBy }) => createdBy.name),
      tone: 'faint',
      shrinksTo: 8,
      leaves: 2,
    },
    {
      name: 'files',
      header: 'FILES',
      align: 'right',
      text: unless(({ files }) => String(files)),
      leaves: 3,
    },
    {
      name: 'size',
      header: 'SIZE',
      align: 'right',
      text: unless(({ size }) => formatSize(size)),
      leaves: 1,
    },
    {
      name: 'from',
      header: 'FROM',
      text: ({ record }) => shortSource(record?.sources ?? []),
      tone: 'faint',
      shrinksTo: 8,
      leaves: 5,
    },
    {
      name: 'metrics',
      header: 'METRICS',
      text: ({ record }) => shortMetrics(record?.metrics ?? {}),
      shrinksTo: 10,
      leaves: 4,
    },
  ];
}

const METRICS_MAX = 3;

function shortMetrics(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .slice(0, METRICS_MAX)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join('  ');
}

export const NO_METRICS: readonly Line[] = [
  EMPTY,
  line('  No version records metrics. They are given when a version is added.'),
];

const NAME_WIDTH = 18;
const VALUE_WIDTH = 10;
const SPARK_WIDTH = 24;

export function metricHeader(width: number): Line {
  const head = (text: string) => cell(text, VALUE_WIDTH, { align: 'right', tone: 'faint' });
  const name = cell('METRIC', NAME_WIDTH, { tone: 'faint' });
  const over = cell('OVER VERSIONS', SPARK_WIDTH, { tone: 'faint' });
  return fit(line('  ', name, head('NEWEST'), head('LOWEST'), head('HIGHEST'), '  ', over), width);
}

export function metricRow({ name, points }: MetricSeries, width: number, isSelected: boolean): Line {
  const values = points.map(({ value }) => value);
  const number = (value: number) => cell(formatNumber(value), VALUE_WIDTH, { align: 'right' });
  const spark = span(sparkline(thinned(values, SPARK_WIDTH)), 'bar');
  const row = fit(
    line(
      isSelected ? '› ' : '  ',
      cell(name, NAME_WIDTH, { tone: 'name' }),
      number(values.at(-1)!),
      number(Math.min(...values)),
      number(Math.max(...values)),
      '  ',
      spark,
    ),
    width,
  );
  return isSelected ? inTone(row, 'selected') : row;
}

const VERSION_WIDTH = 16;

/** A bar for each version, the newest first. Bars begin at 0 where all values are on one side of it. */
export function metricChart({ points }: MetricSeries, width: number): Line[] {
  const values = points.map(({ value }) => value);
  const from = Math.min(0, ...values);
  const to = Math.max(0, ...values);
  const room = Math.max(4, width - VERSION_WIDTH - VALUE_WIDTH - 4);
  return points.toReversed().map(({ version, value }) => {
    const share = to === from ? 0 : (value - from) / (to - from);
    return line(
      '  ',
      cell(version, VERSION_WIDTH, { tone: 'name' }),
      cell(formatNumber(value), VALUE_WIDTH, { align: 'right' }),
      ' ',
      ...plainBar(share, room),
    );
  });
}
