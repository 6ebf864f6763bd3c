import { Box } from 'ink';
import { Lines } from '../../components/lines.tsx';
import type { Binding } from '../../keys/binding.ts';
import type { Column } from '../../list/table.ts';
import { tableKeys } from '../../list/table-keys.ts';
import { pointInTable } from '../../list/table-pointer.ts';
import { selectedRow, type TableAction, type TableKind } from '../../list/table-state.ts';
import { TableView, tableHeight } from '../../list/table-view.tsx';
import type { Line } from '../../text/line.ts';
import type { Area, Screen, ScreenKind, Ui, ViewProps } from '../../ui/ui.ts';
import { READING } from '../reading.ts';
import { type ListAction, type ListState, reduceList, startList } from './state.ts';

export type ListScreen<Params, Row> = Screen<ListState<Params, Row>, ListAction<Row>>;

/** All that is particular to a screen that is one table. */
export interface ListKind<Params, Row> {
  readonly name: string;
  readonly trail: (params: Params) => readonly string[];
  /** Sorted by the first of its columns at first. */
  readonly table: TableKind<Row>;
  readonly columns: (ui: Ui) => readonly Column<Row>[];
  /** What one row is, for counting. */
  readonly noun: string;
  /** In place of rows when there are none. */
  readonly empty: readonly Line[];
  readonly read: (
    ui: Ui,
    params: Params,
    signal: AbortSignal,
  ) => Promise<{ readonly rows: readonly Row[]; readonly head: Line }>;
  readonly watches?: (params: Params) => readonly string[];
  readonly bindings: readonly Binding<ListScreen<Params, Row>>[];
  /** What a second press of the mouse on a row does. */
  readonly open?: (screen: ListScreen<Params, Row>) => void;
}

/** Rows above the table. */
const HEAD_HEIGHT = 1;

function bodyOf({ width, height }: Area): Area {
  return { width, height: height - HEAD_HEIGHT };
}

/** The row that the cursor is on. */
export function selectedIn<Params, Row>({ state }: ListScreen<Params, Row>): Row | null {
  return selectedRow(state.table);
}

/** A kind of screen that reads rows and shows them as a table. */
export function listScreen<Params, Row>(
  kind: ListKind<Params, Row>,
): ScreenKind<Params, ListState<Params, Row>, ListAction<Row>> {
  const inTable = ({ dispatch }: ListScreen<Params, Row>, action: TableAction<Row>) =>
    dispatch({ type: 'table', action });
  const heightOf = ({ state, area }: ListScreen<Params, Row>) => tableHeight(state.table, bodyOf(area));
  return {
    name: kind.name,
    trail: ({ params }) => kind.trail(params),
    start: (params) => startList(params, kind.table),
    reduce: (state, action) => reduceList(kind.table, state, action),
    read: async ({ ui, state, signal, dispatch }) =>
      dispatch({ type: 'read', ...(await kind.read(ui, state.params, signal)) }),
    watches: ({ params }) => kind.watches?.(params) ?? [],
    bindings: [
      ...kind.bindings,
      ...tableKeys<ListScreen<Params, Row>, Row>({
        table: ({ state }) => state.table,
        dispatch: inTable,
        height: heightOf,
      }),
    ],
    isTyping: ({ table }) => table.search.isOpen,
    type: (screen, typed) => inTable(screen, { type: 'typed', typed }),
    point: (screen, event) => {
      const found = pointInTable(screen.state.table, { top: HEAD_HEIGHT, height: heightOf(screen) }, event);
      if (found === 'open') kind.open?.(screen);
      else if (found) inTable(screen, found.action);
    },
    View: ({ state, area, ui }: ViewProps<ListState<Params, Row>>) => (
      <Box flexDirection="column">
        <Lines lines={[state.head]} area={{ width: area.width, height: HEAD_HEIGHT }} />
        <TableView
          table={state.table}
          columns={kind.columns(ui)}
          area={bodyOf(area)}
          noun={kind.noun}
          empty={state.isRead ? kind.empty : READING}
        />
      </Box>
    ),
  };
}
