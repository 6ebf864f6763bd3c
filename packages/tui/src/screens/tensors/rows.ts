import type { TensorChange } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import { bar } from '../../text/chart.ts';
import { EMPTY, type Line, line, span } from '../../text/line.ts';
import type { Tone } from '../../theme/tones.ts';
import { shapeText, tensorSize } from '../file-rows.ts';
import type { TensorsState } from './state.ts';

const KIND_TONES: Readonly<Record<TensorChange['kind'], Tone>> = {
  added: 'good',
  removed: 'bad',
  changed: 'warning',
  reshaped: 'accent',
};

export const TENSOR_CHANGE_COLUMNS: readonly Column<TensorChange>[] = [
  { name: 'kind', header: 'CHANGE', text: ({ kind }) => kind, tone: ({ kind }) => KIND_TONES[kind] },
  { name: 'name', header: 'TENSOR', text: ({ name }) => name, tone: 'name', shrinksTo: 16 },
  { name: 'shape', header: 'SHAPE', text: shapesText, shrinksTo: 10, leaves: 1 },
  {
    name: 'size',
    header: 'SIZE',
    align: 'right',
    text: ({ before, after }) => tensorSize((after ?? before)!),
  },
];

/** One shape, or both where they differ. */
function shapesText({ before, after }: TensorChange): string {
  if (before === null || after === null) return shapeText((after ?? before)!);
  const [old, current] = [shapeText(before), shapeText(after)];
  return old === current ? current : `${old} → ${current}`;
}

/** What the comparison has come to, above the changed tensors. */
export function tensorsHead({ path, comparison, progress, table }: TensorsState, width: number): Line[] {
  const file = line(' ', span(path, 'name'));
  if (comparison === 'none')
    return [file, EMPTY, line('  These are no files of weights whose tensors are known.')];
  if (comparison !== null) {
    const changed = `${formatCount(table.rows.length, 'tensor')} differ`;
    return [file, line(' ', changed, span(`;  ${comparison.unchanged} are the same`, 'faint')), EMPTY];
  }
  if (progress === null || progress.total === 0) return [file, EMPTY, line(span('  reading …', 'faint'))];
  const done = `  ${formatSize(progress.done)} of ${formatSize(progress.total)}`;
  return [
    file,
    EMPTY,
    line('  ', ...bar(progress.done / progress.total, Math.min(40, width - 30)), span(done, 'faint')),
  ];
}
