import type { Model, ModelSummary } from '@cairn/core';
import {
  reduceTable,
  type TableAction,
  type TableKind,
  type TableState,
  tableState,
} from '../../list/table-state.ts';
import type { Failure } from '../../ui/failure.ts';

export interface ModelsState {
  readonly table: TableState<ModelSummary>;
  /** Whether the models have been read. */
  readonly isRead: boolean;
  /** What is known of the selected model; of another one while it is being read. */
  readonly details: ModelDetails | null;
}

/** A model that was read, or why it could not be. */
export type ModelDetails =
  | { readonly name: string; readonly model: Model }
  | { readonly name: string; readonly failure: Failure };

export type ModelsAction =
  | { readonly type: 'table'; readonly action: TableAction<ModelSummary> }
  | { readonly type: 'read'; readonly models: readonly ModelSummary[] }
  | { readonly type: 'details'; readonly details: ModelDetails };

export const MODELS_TABLE: TableKind<ModelSummary> = {
  keyOf: ({ name }) => name,
  textOf: ({ name, description }) => `${name} ${description}`,
  sortKeyOf: (model, column) => {
    if (column === 'versions') return model.versions;
    if (column === 'size') return model.size;
    if (column === 'changed') return model.modifiedAt;
    if (column === 'by') return model.modifiedBy.name;
    return column === 'latest' ? (model.latest ?? '') : model.name;
  },
  columns: [
    { name: 'name', descending: false },
    { name: 'latest', descending: false },
    { name: 'versions', descending: true },
    { name: 'size', descending: true },
    { name: 'changed', descending: true },
    { name: 'by', descending: false },
  ],
};

export const MODELS_START: ModelsState = {
  table: tableState({ column: 'name', descending: false }),
  isRead: false,
  details: null,
};

export function reduceModels(state: ModelsState, action: ModelsAction): ModelsState {
  switch (action.type) {
    case 'table':
      return { ...state, table: reduceTable(MODELS_TABLE, state.table, action.action) };
    case 'read': {
      const table = reduceTable(MODELS_TABLE, state.table, { type: 'rows', rows: action.models });
      return { ...state, table, isRead: true };
    }
    case 'details':
      return { ...state, details: action.details };
  }
}
