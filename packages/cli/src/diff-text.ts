import type {
  FileChange,
  TensorChange,
  TensorComparison,
  TensorFacts,
  ValueChange,
  VersionComparison,
} from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import type { Context } from './context.ts';
import { cleanLine } from './output/clean.ts';
import { formatTable } from './output/table.ts';

/** How two versions differ, for people: files, then metrics, parameters and labels that are not the same. */
export async function comparisonText(context: Context, comparison: VersionComparison): Promise<string> {
  const { style } = context;
  const { before, after, files, unchanged, metrics, params, labels } = comparison;
  const title = `${before.model}@${before.version} → ${after.model}@${after.version}`;
  const same = `${formatCount(unchanged.files, 'file')} the same, ${formatSize(unchanged.bytes)}`;
  return [
    `${style.heading(cleanLine(title))}\n`,
    files.length > 0 ? await filesTable(context, files) : '',
    `${style.faint(files.length > 0 ? same : `no file has changed: ${same}`)}\n`,
    await valuesTable(context, 'METRIC', metrics),
    await valuesTable(context, 'PARAMETER', params),
    await valuesTable(context, 'LABEL', labels),
  ].join('');
}

/** Which tensors differ between two files, for people. */
export async function tensorsText(
  { terminal, style }: Context,
  { changes, unchanged }: TensorComparison,
): Promise<string> {
  const same = `${formatCount(unchanged, 'tensor')} the same`;
  const table = await formatTable(
    [
      { header: 'CHANGE' },
      { header: 'TENSOR', paint: style.name },
      { header: 'BEFORE', paint: style.faint },
      { header: 'AFTER' },
    ],
    changes.map((change: TensorChange) => [
      change.kind,
      change.name,
      factsText(change.before),
      factsText(change.after),
    ]),
    { width: terminal.out.columns, style },
  );
  return `${changes.length > 0 ? table : ''}${style.faint(changes.length > 0 ? same : `no tensor has changed: ${same}`)}\n`;
}

function factsText(tensor: TensorFacts | null): string {
  if (tensor === null) return '–';
  return `${tensor.dtype ?? ''} ${tensor.shape ? `[${tensor.shape.join(', ')}]` : ''}`.trim();
}

function filesTable({ terminal, style }: Context, files: readonly FileChange[]): Promise<string> {
  return formatTable(
    [
      { header: 'CHANGE' },
      { header: 'FILE', paint: style.name, shrinks: true },
      { header: 'BEFORE', align: 'right', paint: style.faint },
      { header: 'AFTER', align: 'right' },
    ],
    files.map(({ kind, path, before, after }) => [
      kind,
      kind === 'renamed' ? `${before?.path} → ${path}` : path,
      before === null ? '–' : formatSize(before.size),
      after === null ? '–' : formatSize(after.size),
    ]),
    { width: terminal.out.columns, style },
  );
}

/** Those that are the same are left out. */
async function valuesTable(
  { terminal, style }: Context,
  header: string,
  values: readonly ValueChange<string | number>[],
): Promise<string> {
  const changed = values.filter(({ before, after }) => before !== after);
  if (changed.length === 0) return '';
  const table = await formatTable(
    [
      { header, paint: style.name },
      { header: 'BEFORE', align: 'right', paint: style.faint },
      { header: 'AFTER', align: 'right' },
      { header: 'DIFFERENCE', align: 'right' },
    ],
    changed.map((change) => [
      change.name,
      String(change.before ?? '–'),
      String(change.after ?? '–'),
      differenceText(change),
    ]),
    { width: terminal.out.columns, style },
  );
  return `\n${table}`;
}

/** Six digits are enough to tell two apart. */
const DIGITS = 6;

function differenceText({ before, after }: ValueChange<string | number>): string {
  if (typeof before !== 'number' || typeof after !== 'number') return '';
  const difference = Number((after - before).toPrecision(DIGITS));
  return difference > 0 ? `+${difference}` : String(difference);
}
