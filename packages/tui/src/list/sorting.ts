/** Which column a list is sorted by. */
export interface Sorting<Column extends string> {
  readonly column: Column;
  readonly descending: boolean;
}

/** What a column is sorted by. */
export type SortKey = string | number;

/** Names with numbers in their natural order. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Sorted by a column; rows that are equal there keep their order. */
export function sortRows<Row, Column extends string>(
  rows: readonly Row[],
  { column, descending }: Sorting<Column>,
  keyOf: (row: Row, column: Column) => SortKey,
): Row[] {
  const direction = descending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: keyOf(row, column) }));
  keyed.sort((a, b) => direction * compareKeys(a.key, b.key));
  return keyed.map(({ row }) => row);
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

/** The next column, each beginning the way round that is most often wanted. */
export function nextSorting<Column extends string>(
  { column }: Sorting<Column>,
  columns: readonly { readonly name: Column; readonly descending: boolean }[],
): Sorting<Column> {
  const index = columns.findIndex(({ name }) => name === column);
  const next = columns[(index + 1) % columns.length]!;
  return { column: next.name, descending: next.descending };
}
