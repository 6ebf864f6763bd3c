import { formatSize } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import { EMPTY, type Line, line, span } from '../../text/line.ts';
import { factLines, tensorSize } from '../file-rows.ts';
import type { FileState, TensorRow } from './state.ts';

export const TENSOR_COLUMNS: readonly Column<TensorRow>[] = [
  { name: 'name', header: 'NAME', text: ({ name }) => name, tone: 'name', shrinksTo: 16 },
  { name: 'type', header: 'TYPE', text: ({ dtype }) => dtype ?? '' },
  {
    name: 'shape',
    header: 'SHAPE',
    text: ({ shape }) => (shape === null ? '' : `[${shape.join(', ')}]`),
    shrinksTo: 8,
    leaves: 1,
  },
  { name: 'size', header: 'SIZE', align: 'right', text: tensorSize },
];

/** Most lines of facts above a table of tensors. */
const FACTS_MAX = 8;

/** What stands above the tensors, or is all there is. */
export function fileHead({ path, size, facts }: FileState): Line[] {
  const head = [line(' ', span(path, 'name'), span(`  ${formatSize(size)}`, 'faint'))];
  if (facts === null) return [...head, EMPTY, line(span('  reading …', 'faint'))];
  const told = factLines(facts).map((each) => line(' ', ...each));
  const shown = facts.tensors.length > 0 ? told.slice(0, FACTS_MAX) : told;
  return [...head, ...shown, EMPTY];
}

/** The beginning of a text. */
export function fileText({ facts }: FileState): Line[] {
  const text = facts?.text ?? null;
  if (text === null) return [];
  const isCut = facts !== null && facts.size > Buffer.byteLength(text);
  const rest = isCut ? [EMPTY, line(span('  … and more', 'faint'))] : [];
  return [...text.split(/\r\n|\n|\r/).map((each) => line(' ', span(each, 'code'))), ...rest];
}
