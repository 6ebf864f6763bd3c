import type { FileFacts, TensorFacts, Unlock } from '@cairn/core';
import {
  reduceTable,
  type TableAction,
  type TableKind,
  type TableState,
  tableState,
} from '../../list/table-state.ts';

export interface FileParams {
  readonly model: string;
  readonly version: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** What opens a sealed version. */
  readonly unlock: Unlock | null;
}

export interface FileState extends FileParams {
  readonly facts: FileFacts | null;
  /** Its tensors, or the entries of an archive. */
  readonly table: TableState<TensorRow>;
  /** First visible line of what is not a table. */
  readonly top: number;
}

/** A tensor at its place in the file: names can come twice. */
export interface TensorRow extends TensorFacts {
  readonly place: number;
}

export type FileAction =
  | { readonly type: 'read'; readonly facts: FileFacts }
  | { readonly type: 'table'; readonly action: TableAction<TensorRow> }
  | { readonly type: 'scrolled'; readonly top: number };

export const TENSORS_TABLE: TableKind<TensorRow> = {
  keyOf: ({ place }) => String(place),
  textOf: ({ name, dtype }) => `${name} ${dtype ?? ''}`,
  sortKeyOf: (row, column) => {
    if (column === 'size') return row.size ?? 0;
    if (column === 'name') return row.name;
    return column === 'type' ? (row.dtype ?? '') : row.place;
  },
  columns: [
    { name: 'place', descending: false },
    { name: 'name', descending: false },
    { name: 'type', descending: false },
    { name: 'size', descending: true },
  ],
};

export function startFile(params: FileParams): FileState {
  return { ...params, facts: null, table: tableState({ column: 'place', descending: false }), top: 0 };
}

export function reduceFile(state: FileState, action: FileAction): FileState {
  switch (action.type) {
    case 'read': {
      const rows = action.facts.tensors.map((tensor, place) => ({ ...tensor, place }));
      const table = reduceTable(TENSORS_TABLE, state.table, { type: 'rows', rows });
      return { ...state, facts: action.facts, table };
    }
    case 'table':
      return { ...state, table: reduceTable(TENSORS_TABLE, state.table, action.action) };
    case 'scrolled':
      return { ...state, top: action.top };
  }
}
