import {
  reduceTable,
  type TableAction,
  type TableKind,
  type TableState,
  tableState,
} from '../../list/table-state.ts';
import type { Line } from '../../text/line.ts';

/** A screen that is one table, with what it was opened for. */
export interface ListState<Params, Row> {
  readonly params: Params;
  readonly isRead: boolean;
  /** What stands above the table, as it was read with the rows. */
  readonly head: Line;
  readonly table: TableState<Row>;
}

export type ListAction<Row> =
  | { readonly type: 'read'; readonly rows: readonly Row[]; readonly head: Line }
  | { readonly type: 'table'; readonly action: TableAction<Row> };

export function startList<Params, Row>(params: Params, { columns }: TableKind<Row>): ListState<Params, Row> {
  const [{ name, descending }] = columns as [TableKind<Row>['columns'][number]];
  return { params, isRead: false, head: [], table: tableState<Row>({ column: name, descending }) };
}

export function reduceList<Params, Row>(
  kind: TableKind<Row>,
  state: ListState<Params, Row>,
  action: ListAction<Row>,
): ListState<Params, Row> {
  if (action.type === 'table') return { ...state, table: reduceTable(kind, state.table, action.action) };
  const table = reduceTable(kind, state.table, { type: 'rows', rows: action.rows });
  return { ...state, isRead: true, head: action.head, table };
}
