import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIST_START, type ListMove, moveList, scrollList, showCursor } from '../../src/list/list-state.ts';
import { scrollText } from '../../src/list/scroll.ts';
import { searchRows } from '../../src/list/search.ts';
import { type Column, headerLine, layoutTable, rowLine } from '../../src/list/table.ts';
import { reduceTable, selectedRow, type TableKind, tableState } from '../../src/list/table-state.ts';
import { lineWidth, plainText } from '../../src/text/line.ts';

const moves: fc.Arbitrary<ListMove> = fc.oneof(
  fc.record({ by: fc.integer({ min: -5, max: 5 }) }),
  fc.record({ pages: fc.constantFrom(-1, -0.5, 0.5, 1) }),
  fc.record({ to: fc.constantFrom('first' as const, 'last' as const, 7) }),
);

describe('moving in a list', () => {
  test('the cursor stays in the list and in sight, whatever is done', () => {
    const steps = fc.array(fc.oneof(moves, fc.record({ scroll: fc.integer({ min: -4, max: 4 }) })));
    fc.assert(
      fc.property(steps, fc.nat(50), fc.integer({ min: 1, max: 12 }), (all, count, height) => {
        let list = LIST_START;
        for (const step of all) {
          const extent = { count, height };
          list = 'scroll' in step ? scrollList(list, step.scroll, extent) : moveList(list, step, extent);
          expect(list.cursor).toBeGreaterThanOrEqual(0);
          expect(list.cursor).toBeLessThanOrEqual(Math.max(0, count - 1));
          expect(list.cursor - list.top).toBeGreaterThanOrEqual(0);
          expect(list.cursor - list.top).toBeLessThan(height);
        }
      }),
    );
  });

  test('no row is left out at the end when the window grows', () => {
    expect(showCursor({ cursor: 9, top: 8 }, { count: 10, height: 5 })).toEqual({ cursor: 9, top: 5 });
  });

  test('a text scrolls to its end and no further', () => {
    expect(scrollText(0, { pages: 1 }, { count: 12, height: 10 })).toBe(2);
    expect(scrollText(2, { to: 'first' }, { count: 12, height: 10 })).toBe(0);
    expect(scrollText(0, { by: 1 }, { count: 5, height: 10 })).toBe(0);
  });
});

interface Row {
  readonly name: string;
  readonly size: number;
}

const KIND: TableKind<Row> = {
  keyOf: ({ name }) => name,
  textOf: ({ name }) => name,
  sortKeyOf: (row, column) => (column === 'size' ? row.size : row.name),
  columns: [
    { name: 'name', descending: false },
    { name: 'size', descending: true },
  ],
};

const ROWS: readonly Row[] = [
  { name: 'v10', size: 1 },
  { name: 'v9', size: 3 },
  { name: 'Alpha', size: 2 },
];

const start = () =>
  reduceTable(KIND, tableState<Row>({ column: 'name', descending: false }), { type: 'rows', rows: ROWS });

const names = (state: ReturnType<typeof start>) => state.shown.map(({ name }) => name);

describe('a table', () => {
  test('is sorted with numbers in their natural order, by one column after the other', () => {
    expect(names(start())).toEqual(['Alpha', 'v9', 'v10']);
    const bySize = reduceTable(KIND, start(), { type: 'sorted' });
    expect(names(bySize)).toEqual(['v9', 'Alpha', 'v10']);
    expect(names(reduceTable(KIND, bySize, { type: 'reversed' }))).toEqual(['v10', 'Alpha', 'v9']);
  });

  test('the cursor follows its row when rows come and go', () => {
    const moved = reduceTable(KIND, start(), { type: 'moved', move: { to: 'last' }, height: 5 });
    const rows = [{ name: 'a', size: 0 }, ...ROWS];
    const more = reduceTable(KIND, moved, { type: 'rows', rows });
    expect(selectedRow(more)?.name).toBe('v10');
    const fewer = reduceTable(KIND, more, { type: 'rows', rows: rows.slice(0, 1) });
    expect(selectedRow(fewer)?.name).toBe('a');
    expect(selectedRow(reduceTable(KIND, fewer, { type: 'rows', rows: [] }))).toBeNull();
  });

  test('a search finds every word, in any case', () => {
    expect(searchRows(['Red apple', 'green apple'], 'APP re', String)).toEqual(['Red apple', 'green apple']);
    expect(searchRows(['Red apple', 'green apple'], 'red', String)).toEqual(['Red apple']);
  });
});

describe('the columns of a table', () => {
  const columns: readonly Column<Row>[] = [
    { name: 'name', header: 'NAME', text: ({ name }) => name, shrinksTo: 4 },
    { name: 'size', header: 'SIZE', text: ({ size }) => String(size), align: 'right', leaves: 1 },
    { name: 'none', header: 'NONE', text: () => '' },
  ];
  const rows = [{ name: 'a long name', size: 12345 }];
  const shown = (width: number) => {
    const layout = layoutTable(columns, rows, { width, sorting: { column: 'name', descending: false } });
    const lines = [headerLine(layout), rowLine(layout, rows[0]!, { isSelected: true })];
    for (const line of lines) expect(lineWidth(line)).toBe(width);
    return lines.map((line) => plainText(line).trimEnd());
  };

  test('have what they need; one with nothing in it is left out', () => {
    expect(shown(30)).toEqual(['  NAME ▴        SIZE', '› a long name  12345']);
  });

  test('shrink first, then leave', () => {
    expect(shown(16)).toEqual(['  NAME ▴    SIZE', '› a long…  12345']);
    expect(shown(10)).toEqual(['  NAME ▴', '› a long …']);
  });
});
