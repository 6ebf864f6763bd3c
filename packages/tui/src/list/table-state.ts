import { type TextField, textField, typeInto } from '../form/text-field.ts';
import type { Typed } from '../keys/key.ts';
import { LIST_START, type ListMove, type ListState, moveList, scrollList } from './list-state.ts';
import { searchRows } from './search.ts';
import { nextSorting, type Sorting, type SortKey, sortRows } from './sorting.ts';

/** What a table needs to know of its rows. */
export interface TableKind<Row> {
  /** Tells a row from all others, also after it was read again. */
  readonly keyOf: (row: Row) => string;
  /** What a search looks through. */
  readonly textOf: (row: Row) => string;
  readonly sortKeyOf: (row: Row, column: string) => SortKey;
  /** Columns that it can be sorted by, in the order of the screen. */
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
}

/** A table that can be searched and sorted. */
export interface TableState<Row> {
  readonly rows: readonly Row[];
  /** Those that the search leaves, in order. */
  readonly shown: readonly Row[];
  readonly list: ListState;
  readonly sorting: Sorting<string>;
  readonly search: SearchState;
}

export interface SearchState {
  readonly field: TextField;
  /** Whether it is being typed. */
  readonly isOpen: boolean;
}

export type TableAction<Row> =
  | { readonly type: 'rows'; readonly rows: readonly Row[] }
  | { readonly type: 'moved'; readonly move: ListMove; readonly height: number }
  | { readonly type: 'scrolled'; readonly by: number; readonly height: number }
  | { readonly type: 'sorted' | 'reversed' | 'search-opened' | 'search-closed' | 'search-cleared' }
  | { readonly type: 'typed'; readonly typed: Typed };

export function tableState<Row>(sorting: Sorting<string>, rows: readonly Row[] = []): TableState<Row> {
  return {
    rows,
    shown: rows,
    list: LIST_START,
    sorting,
    search: { field: textField(), isOpen: false },
  };
}

/** The row that the cursor is on; `null` in an empty table. */
export function selectedRow<Row>({ shown, list }: TableState<Row>): Row | null {
  return shown[Math.min(list.cursor, shown.length - 1)] ?? null;
}

export function reduceTable<Row>(
  kind: TableKind<Row>,
  state: TableState<Row>,
  action: TableAction<Row>,
): TableState<Row> {
  const { list, search, shown } = state;
  switch (action.type) {
    case 'rows':
      return arranged(kind, { ...state, rows: action.rows }, 'follow');
    case 'moved':
      return { ...state, list: moveList(list, action.move, { count: shown.length, height: action.height }) };
    case 'scrolled':
      return { ...state, list: scrollList(list, action.by, { count: shown.length, height: action.height }) };
    case 'sorted':
      return arranged(kind, { ...state, sorting: nextSorting(state.sorting, kind.columns) }, 'follow');
    case 'reversed': {
      const sorting = { ...state.sorting, descending: !state.sorting.descending };
      return arranged(kind, { ...state, sorting }, 'follow');
    }
    case 'search-opened':
      return { ...state, search: { ...search, isOpen: true } };
    case 'search-closed':
      return { ...state, search: { ...search, isOpen: false } };
    case 'search-cleared':
      return arranged(kind, { ...state, search: { field: textField(), isOpen: false } }, 'follow');
    case 'typed': {
      const field = typeInto(search.field, action.typed);
      if (field.text === search.field.text) return { ...state, search: { ...search, field } };
      return arranged(kind, { ...state, search: { ...search, field } }, 'first');
    }
  }
}

/** The rows searched and sorted anew. The cursor follows the row it was on, or goes to the first that was found. */
function arranged<Row>(
  kind: TableKind<Row>,
  state: TableState<Row>,
  cursor: 'follow' | 'first',
): TableState<Row> {
  const before = selectedRow(state);
  const found = searchRows(state.rows, state.search.field.text, kind.textOf);
  const shown = sortRows(found, state.sorting, kind.sortKeyOf);
  if (cursor === 'first') return { ...state, shown, list: LIST_START };
  const at = before === null ? -1 : shown.findIndex((row) => kind.keyOf(row) === kind.keyOf(before));
  const list = { ...state.list, cursor: at >= 0 ? at : Math.min(state.list.cursor, shown.length - 1) };
  return { ...state, shown, list: { ...list, cursor: Math.max(0, list.cursor) } };
}
