import type { MetricHistory, Version } from '@cairn/core';
import { formatAge, formatCount, formatNumber, formatSize, formatTime } from '@cairn/core/units';
import { sparkline, thinned } from '../../text/chart.ts';
import { cell, EMPTY, fit, inTone, type Line, line, lineWidth, span, spread } from '../../text/line.ts';
import { wrapLine } from '../../text/wrap.ts';
import { failureLines } from '../../ui/failure-rows.ts';
import { badgesOf } from '../badges.ts';
import { factLines, shapeText, tensorSize } from '../file-rows.ts';
import { labelSpans } from '../label-rows.ts';
import { fullSource } from '../source-rows.ts';
import { type FileLook, missingBytes, type VersionState } from './state.ts';
import type { TreeRow } from './tree.ts';

/** Description, and what the version is made of: always so many lines. */
export function versionHead({ version, unlock }: VersionState, now: Date): Line[] {
  if (version === null) return [EMPTY, EMPTY];
  const { description, createdAt, createdBy, files, size, sealing } = version;
  const [firstLine = ''] = description.split('\n');
  const badges = badgesOf(version).flatMap((badge) => [span('  '), span(badge, 'badge')]);
  const amount = `${formatCount(files.length, 'file')}, ${formatSize(size)}`;
  const made = `added ${formatAge(createdAt, now)} by ${createdBy.name}, ${amount}`;
  const missing = missingBytes(version);
  const isShut = sealing !== null && unlock === null;
  return [
    line(' ', firstLine === '' ? span('no description', 'faint') : span(firstLine)),
    line(
      ' ',
      span(isShut ? 'shut: u opens it  ' : '', 'warning'),
      span(missing > 0 ? `${formatSize(missing)} not here: f fetches it  ` : '', 'warning'),
      span(made, 'faint'),
      ...badges,
      span(sealing !== null && !isShut ? '  open' : '', 'good'),
    ),
  ];
}

const SIZE_WIDTH = 10;

/** A folder or file of the tree in exactly so many columns. */
export function treeLine(row: TreeRow, width: number, isSelected: boolean): Line {
  const mark = row.kind === 'file' ? '  ' : row.isOpen ? '▾ ' : '▸ ';
  const name = span(row.name, row.kind === 'folder' ? 'name' : 'plain');
  const count = row.kind === 'folder' ? span(`  ${formatCount(row.files, 'file')}`, 'faint') : span('');
  const left = line(isSelected ? '› ' : '  ', '  '.repeat(row.depth), span(mark, 'faint'), name, count);
  const isHere = row.kind === 'folder' || (row.file.present ?? row.size) >= row.size;
  const size = [
    span(isHere ? '' : '↓', 'warning'),
    cell(formatSize(row.size), SIZE_WIDTH, { align: 'right', tone: 'faint' }),
  ];
  const full = fit(spread(left, size, width), width);
  return isSelected ? inTone(full, 'selected') : full;
}

const TENSORS_SHOWN = 200;

/** What is known of the selected row, as the panel beside the tree shows it. */
export function lookLines(row: TreeRow | null, look: FileLook | null, width: number): Line[] {
  if (row === null) return [];
  if (row.kind === 'folder')
    return [line(span(row.path, 'name')), line(`${formatCount(row.files, 'file')}, ${formatSize(row.size)}`)];
  const { path, size, sha256, executable, parted } = row.file;
  const stored = `${parted ? 'in parts' : 'whole'}${executable ? ', executable' : ''}`;
  const head = [
    ...wrapLine(line(span(path, 'name')), width),
    line(`${formatSize(size)}  `, span(stored, 'faint')),
    line(span(sha256, 'faint')),
    EMPTY,
  ];
  if (look === null || look.path !== path) return [...head, line(span('reading …', 'faint'))];
  if ('failure' in look) return [...head, ...failureLines(look.failure, width)];
  const { facts } = look;
  const lines = [...head, ...factLines(facts)];
  if (facts.tensors.length > 0) lines.push(EMPTY);
  for (const tensor of facts.tensors.slice(0, TENSORS_SHOWN)) {
    const told = line(span(`  ${shapeText(tensor)}  ${tensorSize(tensor)}`, 'faint'));
    lines.push(spread(line(tensor.name), told, width));
  }
  if (facts.text !== null)
    lines.push(EMPTY, ...facts.text.split('\n').map((text) => line(span(text, 'code'))));
  return lines;
}

const LABEL_WIDTH = 14;

/** Everything that is recorded of a version besides its files. */
export function versionDetails(
  version: Version,
  curves: Readonly<Record<string, MetricHistory>>,
  width: number,
): Line[] {
  const told = (name: string, value: string | Line): Line[] => {
    const of = typeof value === 'string' ? line(value) : value;
    const wrapped = wrapLine(of, width - LABEL_WIDTH - 4);
    return wrapped.map((each, index) =>
      line('  ', cell(index === 0 ? name : '', LABEL_WIDTH, { tone: 'faint' }), ...each),
    );
  };
  const { sealing } = version;
  const slots = sealing?.slots.map(({ kind }) => kind).join(', ') ?? '';
  return [
    EMPTY,
    ...version.description
      .split('\n')
      .filter((text) => text !== '')
      .flatMap((text, index) => told(index === 0 ? 'description' : '', text)),
    ...told('type', version.type),
    ...told(
      'added',
      `${formatTime(version.createdAt)} by ${version.createdBy.name} <${version.createdBy.email}>`,
    ),
    ...(version.base === null ? [] : told('made from', version.base)),
    ...(version.framework === null ? [] : told('framework', version.framework)),
    ...(version.aliases.length === 0 ? [] : told('aliases', version.aliases.join(', '))),
    ...(Object.keys(version.labels).length === 0 ? [] : told('labels', labelSpans(version.labels))),
    ...section(
      'metrics',
      Object.entries(version.metrics).map(([name, value]) => [name, metricText(value, curves[name], width)]),
      width,
    ),
    ...section('parameters', Object.entries(version.params), width),
    ...version.sources.flatMap((source, index) => told(index === 0 ? 'sources' : '', fullSource(source))),
    ...(sealing === null ? [] : told('opened by', `${slots}; key domain ${sealing.keyDomain}`)),
    EMPTY,
    ...told('commit', version.commit),
    ...told('tag', version.tag),
  ];
}

/** The most characters of a curve. */
const CURVE_WIDTH_MAX = 40;

/** Its last value, and how it came there over the steps of its training, where that is known. */
function metricText(value: number, curve: MetricHistory | undefined, width: number): string {
  const known = curve?.points.filter((point) => Number.isFinite(point.value)) ?? [];
  if (curve === undefined || known.length < 2) return formatNumber(value);
  const shown = thinned(known, Math.max(8, Math.min(CURVE_WIDTH_MAX, width - 60)));
  const steps = `steps ${known[0]!.step} to ${known.at(-1)!.step}`;
  return `${formatNumber(value).padEnd(10)} ${sparkline(shown.map((point) => point.value))}  ${steps}`;
}

const NAME_WIDTH_MAX = 32;

function section(title: string, values: readonly (readonly [string, string])[], width: number): Line[] {
  if (values.length === 0) return [];
  const widest = Math.min(NAME_WIDTH_MAX, Math.max(...values.map(([name]) => lineWidth([span(name)]))));
  const told = ([name, value]: readonly [string, string]) =>
    wrapLine(line(value), width - widest - 8).map((each, index) =>
      line('    ', cell(index === 0 ? name : '', widest, { tone: 'name' }), '  ', ...each),
    );
  return [EMPTY, line('  ', span(title, 'heading')), ...values.flatMap(told), EMPTY];
}
