import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Longest text that is read of one field, characters; MLflow writes at most 8,000 into most. */
const TEXT_MAX = 256 * 1024;

/** A row as it was found: whatever its columns are declared to be, SQLite keeps anything in them. */
export interface Row {
  /** `null` for what is not there, or empty. Numbers come as they are written, so that ids of 19 digits stay whole. */
  text(column: string): string | null;
  /** A whole number; `null` for anything else, and for what no number of JavaScript can hold. */
  integer(column: string): number | null;
  real(column: string): number | null;
}

export interface Selection {
  /** Columns, and what they must be. A column that the table lacks makes the selection empty. */
  readonly where?: Readonly<Record<string, string>>;
  /** The columns in whose order rows come; those that the table lacks do not count. Backwards with a dash before one. */
  readonly order?: readonly string[];
  /** Most rows. */
  readonly limit: number;
}

/** The tables of a database, of which older and newer versions of MLflow lack some, and columns of others. */
export class Tables {
  readonly #database: DatabaseSync;
  readonly #columns = new Map<string, ReadonlySet<string>>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  has(table: string): boolean {
    return this.#columnsOf(table).size > 0;
  }

  /** The rows of a table, with those of the columns that it has. None when there is no such table. */
  *select(table: string, columns: readonly string[], selection: Selection): IterableIterator<Row> {
    const known = this.#columnsOf(table);
    const present = columns.filter((column) => known.has(column));
    const { where = {}, order = [], limit } = selection;
    if (present.length === 0 || !Object.keys(where).every((column) => known.has(column))) return;
    const ordered = order.filter((column) => known.has(column.replace(/^-/, '')));
    const statement = this.#database.prepare(sqlFor(table, present, { where, order: ordered }));
    statement.setReadBigInts(true);
    yield* rowsOf(statement, [...Object.values(where), limit]);
  }

  #columnsOf(table: string): ReadonlySet<string> {
    const known = this.#columns.get(table);
    if (known) return known;
    const rows = this.#database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
    const names = new Set(rows.map(({ name }) => String(name)));
    this.#columns.set(table, names);
    return names;
  }
}

/** Names of tables and columns are this program's own; values are bound. */
function sqlFor(
  table: string,
  columns: readonly string[],
  { where, order }: Required<Pick<Selection, 'where' | 'order'>>,
): string {
  const fields = columns.map((column) => `${shortened(column)} AS "${column}"`);
  const conditions = Object.keys(where).map((column) => `"${column}" = ?`);
  const sorted = order.map((column) =>
    column.startsWith('-') ? `"${column.slice(1)}" DESC` : `"${column}"`,
  );
  return [
    `SELECT ${fields.join(', ')} FROM "${table}"`,
    conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    sorted.length > 0 ? `ORDER BY ${sorted.join(', ')}` : '',
    'LIMIT ?',
  ].join(' ');
}

/** No row is longer than it can be dealt with, whatever was written into it. */
function shortened(column: string): string {
  const isLong = `typeof("${column}") IN ('text', 'blob') AND length("${column}") > ${TEXT_MAX}`;
  return `CASE WHEN ${isLong} THEN substr("${column}", 1, ${TEXT_MAX}) ELSE "${column}" END`;
}

function* rowsOf(statement: StatementSync, parameters: (string | number)[]): IterableIterator<Row> {
  for (const row of statement.iterate(...parameters)) yield rowOver(row as Record<string, unknown>);
}

function rowOver(row: Readonly<Record<string, unknown>>): Row {
  return {
    text: (column) => {
      const value = row[column];
      if (typeof value === 'string') return value === '' ? null : value;
      return typeof value === 'bigint' || typeof value === 'number' ? String(value) : null;
    },
    integer: (column) => {
      const number = Number(row[column] ?? Number.NaN);
      return Number.isSafeInteger(number) ? number : null;
    },
    real: (column) => {
      const value = row[column];
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
    },
  };
}
