import { cleanLine } from './clean.ts';
import type { Style } from './style.ts';
import { type Measure, measureFor, pad, truncate } from './width.ts';

/** How a column of a table looks. */
export interface Column {
  readonly header: string;
  readonly align?: 'right';
  /** Gives way first where the terminal is too narrow. */
  readonly shrinks?: true;
  /** Colours a cell after it was measured, cut and padded. */
  readonly paint?: (cell: string, row: number) => string;
}

export interface TableOptions {
  /** The most columns a line may take; `null` for as many as it needs. */
  readonly width: number | null;
  readonly style: Style;
}

type Rows = readonly (readonly string[])[];

/**
 * Rows in aligned columns under a header, each line ended. Cells are cleaned here, so that no caller can forget it;
 * a column with nothing in it is left out.
 */
export async function formatTable(
  columns: readonly Column[],
  rows: Rows,
  options: TableOptions,
): Promise<string> {
  const cleaned = rows.map((row) => row.map(cleanLine));
  const shown = columns.flatMap((column, index) =>
    cleaned.some((row) => row[index]) ? [{ column, index }] : [],
  );
  const table = {
    columns: shown.map(({ column }) => column),
    rows: cleaned.map((row) => shown.map(({ index }) => row[index] ?? '')),
  };
  const measure = await measureFor(table.rows.flat());
  const widths = fitWidths(table.columns, naturalWidths(table.columns, table.rows, measure), options.width);
  const line = (cells: readonly string[], paint: (cell: string, column: number) => string) =>
    formatLine(cells, { columns: table.columns, widths, measure, paint });
  const header = line(
    table.columns.map((column) => column.header),
    (cell) => options.style.faint(cell),
  );
  const body = table.rows.map((cells, row) =>
    line(cells, (cell, column) => table.columns[column]!.paint?.(cell, row) ?? cell),
  );
  return `${[header, ...body].join('\n')}\n`;
}

const GAP = '  ';

function naturalWidths(columns: readonly Column[], rows: Rows, measure: Measure): number[] {
  return columns.map((column, index) =>
    rows.reduce((widest, row) => Math.max(widest, measure(row[index]!)), column.header.length),
  );
}

/** A column that shrinks keeps this much at first, so that a word of it can still be read. */
const SHRUNK_MIN = 12;

function fitWidths(columns: readonly Column[], natural: readonly number[], width: number | null): number[] {
  const widths = [...natural];
  if (width === null) return widths;
  let excess = widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)) - width;
  const take = (index: number, least: number) => {
    const taken = Math.max(0, Math.min(excess, widths[index]! - least));
    widths[index] = widths[index]! - taken;
    excess -= taken;
  };
  const fromTheRight = columns.map((_, index) => index).reverse();
  for (const index of fromTheRight) if (columns[index]!.shrinks) take(index, SHRUNK_MIN);
  for (const index of fromTheRight) take(index, 1);
  return widths;
}

interface LineLayout {
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
  readonly measure: Measure;
  readonly paint: (cell: string, column: number) => string;
}

function formatLine(cells: readonly string[], { columns, widths, measure, paint }: LineLayout): string {
  const last = cells.length - 1;
  const painted = cells.map((cell, index) => {
    const width = widths[index]!;
    const cut = truncate(cell, width, measure);
    // A last column on the left needs no spaces after it.
    const padded =
      index === last && !columns[index]!.align ? cut : pad(cut, width, measure, columns[index]!.align);
    return paint(padded, index);
  });
  return painted.join(GAP).trimEnd();
}
