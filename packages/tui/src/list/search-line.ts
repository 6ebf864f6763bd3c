import { formatCount } from '@cairn/core/units';
import { fieldLine } from '../form/field-rows.ts';
import { type Line, line, span } from '../text/line.ts';
import type { TableState } from './table-state.ts';

/** The line of a search that is being typed or is in force; `null` without one. */
export function searchLine<Row>(
  { search, shown }: TableState<Row>,
  width: number,
  noun: string,
): Line | null {
  if (!search.isOpen && search.field.text === '') return null;
  const found = span(`  ${formatCount(shown.length, noun)}`, 'faint');
  const field = fieldLine(search.field, {
    width: Math.max(10, Math.min(40, width - 30)),
    hasFocus: search.isOpen,
  });
  return line(span(' / ', 'key'), ...field, found);
}
