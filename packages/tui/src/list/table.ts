import { cleanLine } from '../text/clean.ts';
import { cell, fit, inTone, type Line, span } from '../text/line.ts';
import { widthOf } from '../text/width.ts';
import type { Tone } from '../theme/tones.ts';

/** A column of a table. */
export interface Column<Row> {
  /** What it is sorted by. */
  readonly name: string;
  readonly header: string;
  readonly text: (row: Row) => string;
  readonly tone?: Tone | ((row: Row) => Tone);
  readonly align?: 'right';
  /** Gives way first where the terminal is too narrow, down to so many columns. */
  readonly shrinksTo?: number;
  /** Is left out where there is no room for it; those with the greatest number go first. */
  readonly leaves?: number;
}

/** The columns that are shown, and how wide each is. */
export interface TableLayout<Row> extends TableLook {
  readonly columns: readonly { readonly column: Column<Row>; readonly width: number }[];
}

export interface TableLook {
  /** Of the whole table. */
  readonly width: number;
  /** What the rows are sorted by, which a mark at the header shows. */
  readonly sorting: { readonly column: string; readonly descending: boolean };
}

const GAP = 2;
const MARK = 2;

/** Rows whose widths are looked at; among thousands some are enough, and what is wider is cut. */
const MEASURED_MAX = 300;

/** Chooses columns and widths for a table of so many screen columns. One with nothing in it is left out. */
export function layoutTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, sorting }: TableLook,
): TableLayout<Row> {
  const measured = sample(rows);
  let shown = columns
    .map((column) => ({ column, width: naturalWidth(column, measured) }))
    .filter(({ width: natural }) => rows.length === 0 || natural > 0)
    .map(({ column, width: natural }) => ({
      column,
      width: Math.max(natural, widthOf(cleanLine(headerText(column, sorting)))),
    }));
  while (excess(shown, width) > shrinkable(shown)) {
    const leaving = shown.filter(({ column }) => column.leaves !== undefined);
    if (leaving.length === 0) break;
    const last = Math.max(...leaving.map(({ column }) => column.leaves!));
    shown = shown.filter(({ column }) => column.leaves !== last);
  }
  return { columns: shrunk(shown, excess(shown, width)), width, sorting };
}

function headerText<Row>({ header, name }: Column<Row>, sorting: TableLook['sorting']): string {
  if (name !== sorting?.column || header === '') return header;
  return `${header} ${sorting.descending ? '▾' : '▴'}`;
}

interface Sized<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

function sample<Row>(rows: readonly Row[]): Row[] {
  const step = Math.max(1, Math.ceil(rows.length / MEASURED_MAX));
  return rows.filter((_, index) => index % step === 0);
}

function naturalWidth<Row>(column: Column<Row>, rows: readonly Row[]): number {
  return rows.reduce((widest, row) => Math.max(widest, widthOf(cleanLine(column.text(row)))), 0);
}

function excess<Row>(shown: readonly Sized<Row>[], width: number): number {
  const gaps = GAP * Math.max(0, shown.length - 1);
  return MARK + gaps + shown.reduce((sum, each) => sum + each.width, 0) - width;
}

function shrinkable<Row>(shown: readonly Sized<Row>[]): number {
  return shown.reduce((sum, { column, width }) => sum + Math.max(0, width - (column.shrinksTo ?? width)), 0);
}

/** What is too much is taken from the columns that shrink, from the right; from all of them when that is not enough. */
function shrunk<Row>(shown: readonly Sized<Row>[], tooMuch: number): Sized<Row>[] {
  let left = tooMuch;
  const widths = shown.map(({ width }) => width);
  const take = (least: (column: Column<Row>, width: number) => number) => {
    for (let index = shown.length - 1; index >= 0 && left > 0; index -= 1) {
      const taken = Math.max(0, Math.min(left, widths[index]! - least(shown[index]!.column, widths[index]!)));
      widths[index]! -= taken;
      left -= taken;
    }
  };
  take((column, width) => column.shrinksTo ?? width);
  take(() => 1);
  return shown.map(({ column }, index) => ({ column, width: widths[index]! }));
}

/** The headers, with a mark at the one that the rows are sorted by. */
export function headerLine<Row>({ columns, width, sorting }: TableLayout<Row>): Line {
  const cells = columns.map(({ column, width: cellWidth }) => {
    const tone = column.name === sorting.column ? 'heading' : 'faint';
    const look = { tone, ...(column.align && { align: column.align }) } as const;
    return [cell(headerText(column, sorting), cellWidth, look)];
  });
  return fit([span('  '), ...spaced(cells)], width);
}

export interface RowLook {
  readonly isSelected: boolean;
  /** A character before the row, such as a tick. */
  readonly mark?: string;
}

/** A row in exactly the table's width. */
export function rowLine<Row>(
  { columns, width }: TableLayout<Row>,
  row: Row,
  { isSelected, mark = '' }: RowLook,
): Line {
  const cells = columns.map(({ column, width: cellWidth }): Line => {
    const tone = typeof column.tone === 'function' ? column.tone(row) : (column.tone ?? 'plain');
    return [cell(column.text(row), cellWidth, { tone, ...(column.align && { align: column.align }) })];
  });
  const first = span(mark === '' ? (isSelected ? '› ' : '  ') : `${mark} `, 'accent');
  const full = fit([first, ...spaced(cells)], width);
  return isSelected ? inTone(full, 'selected') : full;
}

function spaced(cells: readonly Line[]): Line {
  return cells.flatMap((each, index) => (index === 0 ? each : [span(' '.repeat(GAP)), ...each]));
}
