import type { Progress, TensorChange, TensorComparison, Unlock } from '@cairn/core';
import {
  reduceTable,
  type TableAction,
  type TableKind,
  type TableState,
  tableState,
} from '../../list/table-state.ts';

export interface TensorsParams {
  readonly model: string;
  readonly before: string;
  readonly after: string;
  readonly path: string;
  /** Where the file stood before. */
  readonly oldPath: string;
  /** What opens the versions, if they are sealed. */
  readonly unlock?: Unlock;
}

export interface TensorsState extends TensorsParams {
  /** `null` until the files are compared; `none` when they are no weights. */
  readonly comparison: TensorComparison | 'none' | null;
  readonly progress: Progress | null;
  readonly table: TableState<TensorChange>;
}

export type TensorsAction =
  | { readonly type: 'compared'; readonly comparison: TensorComparison | null }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'table'; readonly action: TableAction<TensorChange> };

export const TENSOR_CHANGES_TABLE: TableKind<TensorChange> = {
  keyOf: ({ name, kind }) => `${kind} ${name}`,
  textOf: ({ name, kind }) => `${kind} ${name}`,
  sortKeyOf: (change, column) => {
    if (column === 'size') return change.after?.size ?? change.before?.size ?? 0;
    return column === 'kind' ? change.kind : change.name;
  },
  columns: [
    { name: 'name', descending: false },
    { name: 'kind', descending: false },
    { name: 'size', descending: true },
  ],
};

export function startTensors(params: TensorsParams): TensorsState {
  const table = tableState<TensorChange>({ column: 'name', descending: false });
  return { ...params, comparison: null, progress: null, table };
}

export function reduceTensors(state: TensorsState, action: TensorsAction): TensorsState {
  switch (action.type) {
    case 'compared': {
      const rows = { type: 'rows', rows: action.comparison?.changes ?? [] } as const;
      const table = reduceTable(TENSOR_CHANGES_TABLE, state.table, rows);
      return { ...state, comparison: action.comparison ?? 'none', progress: null, table };
    }
    case 'progress':
      return { ...state, progress: action.progress };
    case 'table':
      return { ...state, table: reduceTable(TENSOR_CHANGES_TABLE, state.table, action.action) };
  }
}
