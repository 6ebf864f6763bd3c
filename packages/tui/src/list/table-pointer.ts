import type { PointerEvent } from '../terminal/pointer.ts';
import { showCursor } from './list-state.ts';
import type { TableAction, TableState } from './table-state.ts';

/** Where a table lies in the body of a screen. */
export interface TablePlace {
  /** Row of the first line of the table, its header included. */
  readonly top: number;
  /** Rows of the table that are visible. */
  readonly height: number;
}

const WHEEL_ROWS = 3;

/** What a mouse does in a table: the wheel scrolls, a press selects, and opens what is selected already. */
export function pointInTable<Row>(
  table: TableState<Row>,
  { top, height }: TablePlace,
  event: PointerEvent,
): { readonly action: TableAction<Row> } | 'open' | null {
  if (event.kind !== 'press') {
    const by = event.kind === 'wheel-up' ? -WHEEL_ROWS : WHEEL_ROWS;
    return { action: { type: 'scrolled', by, height } };
  }
  const hasSearch = table.search.isOpen || table.search.field.text !== '';
  const row = event.row - top - (hasSearch ? 2 : 1);
  const shown = showCursor(table.list, { count: table.shown.length, height });
  const index = shown.top + row;
  if (row < 0 || row >= height || index >= table.shown.length) return null;
  if (index === shown.cursor) return 'open';
  return { action: { type: 'moved', move: { to: index }, height } };
}
