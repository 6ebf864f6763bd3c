import { Box } from 'ink';
import { Lines } from '../components/lines.tsx';
import { EMPTY, type Line, line, span } from '../text/line.ts';
import { wrapLine } from '../text/wrap.ts';
import type { Area } from '../ui/ui.ts';
import { showCursor } from './list-state.ts';
import { searchLine } from './search-line.ts';
import { type Column, headerLine, layoutTable, rowLine } from './table.ts';
import type { TableState } from './table-state.ts';

export interface TableViewProps<Row> {
  readonly table: TableState<Row>;
  readonly columns: readonly Column<Row>[];
  readonly area: Area;
  /** What one row is, for counting. */
  readonly noun: string;
  /** In place of rows when there are none. */
  readonly empty: readonly Line[];
  readonly markOf?: (row: Row) => string;
}

const NOTHING_FOUND: readonly Line[] = [EMPTY, line(span('  nothing found', 'faint'))];

/** Rows of a table that are visible in an area: all but the header and the search. */
export function tableHeight<Row>({ search }: TableState<Row>, { height }: Area): number {
  const hasSearch = search.isOpen || search.field.text !== '';
  return Math.max(1, height - 1 - (hasSearch ? 1 : 0));
}

/** A table of which only the visible rows are made into text. */
export function TableView<Row>({ table, columns, area, noun, empty, markOf }: TableViewProps<Row>) {
  const { width } = area;
  const height = tableHeight(table, area);
  const { cursor, top } = showCursor(table.list, { count: table.shown.length, height });
  const search = searchLine(table, width, noun);
  const layout = layoutTable(columns, table.rows, { width, sorting: table.sorting });
  const rows = table.shown
    .slice(top, top + height)
    .map((row, index) =>
      rowLine(layout, row, { isSelected: top + index === cursor, mark: markOf?.(row) ?? '' }),
    );
  const head = [...(search ? [search] : []), headerLine(layout)];
  const body =
    table.rows.length === 0
      ? empty.flatMap((each) => wrapLine(each, width - 2, '  '))
      : rows.length === 0
        ? NOTHING_FOUND
        : rows;
  return (
    <Box flexDirection="column" width={width} height={area.height}>
      <Lines lines={head} area={{ width, height: head.length }} />
      <Lines lines={body} area={{ width, height: Math.max(0, area.height - head.length) }} />
    </Box>
  );
}
