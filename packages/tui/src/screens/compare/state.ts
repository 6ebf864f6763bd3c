import type { FileChange, Unlock, VersionComparison } from '@cairn/core';
import {
  reduceTable,
  type TableAction,
  type TableKind,
  type TableState,
  tableState,
} from '../../list/table-state.ts';

export interface CompareParams {
  readonly model: string;
  readonly before: string;
  readonly after: string;
  /** What opened one of them, when a key of the user's does not. */
  readonly unlock?: Unlock | null;
}

export type CompareTab = 'files' | 'values';

export interface CompareState extends CompareParams {
  readonly comparison: VersionComparison | null;
  readonly tab: CompareTab;
  readonly table: TableState<FileChange>;
  /** First visible line of the values. */
  readonly top: number;
}

export type CompareAction =
  | { readonly type: 'read'; readonly comparison: VersionComparison }
  | { readonly type: 'table'; readonly action: TableAction<FileChange> }
  | { readonly type: 'tab' }
  | { readonly type: 'scrolled'; readonly top: number };

export const CHANGES_TABLE: TableKind<FileChange> = {
  keyOf: ({ path }) => path,
  textOf: ({ path, kind }) => `${kind} ${path}`,
  sortKeyOf: (change, column) => {
    if (column === 'kind') return change.kind;
    return column === 'size' ? (change.after?.size ?? 0) : change.path;
  },
  columns: [
    { name: 'path', descending: false },
    { name: 'kind', descending: false },
    { name: 'size', descending: true },
  ],
};

export function startCompare(params: CompareParams): CompareState {
  const table = tableState<FileChange>({ column: 'path', descending: false });
  return { ...params, comparison: null, tab: 'files', table, top: 0 };
}

export function reduceCompare(state: CompareState, action: CompareAction): CompareState {
  switch (action.type) {
    case 'read': {
      const rows = { type: 'rows', rows: action.comparison.files } as const;
      return {
        ...state,
        comparison: action.comparison,
        table: reduceTable(CHANGES_TABLE, state.table, rows),
      };
    }
    case 'table':
      return { ...state, table: reduceTable(CHANGES_TABLE, state.table, action.action) };
    case 'tab':
      return { ...state, tab: state.tab === 'files' ? 'values' : 'files' };
    case 'scrolled':
      return { ...state, top: action.top };
  }
}
