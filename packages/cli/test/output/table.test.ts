import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { styleFor } from '../../src/output/style.ts';
import { type Column, formatTable } from '../../src/output/table.ts';
import { measureFor, truncate } from '../../src/output/width.ts';

const plain = { width: null, style: styleFor(false) };

const COLUMNS: readonly Column[] = [
  { header: 'NAME' },
  { header: 'SIZE', align: 'right' },
  { header: 'DESCRIPTION', shrinks: true },
];

describe('tables', () => {
  test('columns are as wide as their widest cell, and no line ends in spaces', async () => {
    const rows = [
      ['stockpred', '1.2 GiB', 'Predicts'],
      ['a', '3 B', ''],
    ];
    expect(await formatTable(COLUMNS, rows, plain)).toBe(
      ['NAME          SIZE  DESCRIPTION', 'stockpred  1.2 GiB  Predicts', 'a              3 B', ''].join(
        '\n',
      ),
    );
  });

  test('a column with nothing in it is left out', async () => {
    expect(await formatTable(COLUMNS, [['a', '', 'b']], plain)).toBe('NAME  DESCRIPTION\na     b\n');
  });

  test('wide, combining and joined characters take the columns they take on a terminal', async () => {
    const text = await formatTable(
      COLUMNS,
      [
        ['模型', '1 B', 'x'],
        ['e\u0301', '1 B', 'x'],
        ['👩‍👩‍👧', '1 B', 'x'],
      ],
      plain,
    );
    const lines = text.trimEnd().split('\n').slice(1);
    expect(lines.map((line) => stringWidth(line.slice(0, line.lastIndexOf('x'))))).toEqual([12, 12, 12]);
  });

  test('what shrinks gives way first, and is cut with an ellipsis', async () => {
    const rows = [['stockpred', '1.2 GiB', 'Predicts the stock of every shop']];
    const text = await formatTable(COLUMNS, rows, { ...plain, width: 40 });
    expect(text).toBe('NAME          SIZE  DESCRIPTION\nstockpred  1.2 GiB  Predicts the stock …\n');
  });

  test('cells are cleaned', async () => {
    const text = await formatTable(COLUMNS, [['a\u001b[2J', '1 B', 'two\nlines']], plain);
    expect(text).toContain('a�[2J');
    expect(text).toContain('two lines');
  });

  test('a painted cell is as wide as a plain one', async () => {
    const style = styleFor(true);
    const columns: Column[] = [{ header: 'A', paint: style.name }, { header: 'B' }];
    const text = await formatTable(
      columns,
      [
        ['x', 'y'],
        ['long', 'y'],
      ],
      { width: null, style },
    );
    expect(text).toContain('\u001b[36mx   \u001b[39m  y');
    expect(text).toContain('\u001b[2mA   \u001b[22m');
  });

  test('no line is wider than the terminal, whatever stands in the cells', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 4 }),
        fc.integer({ min: 8, max: 80 }),
        async (rows, width) => {
          const text = await formatTable(COLUMNS, rows, { ...plain, width });
          for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('cutting', () => {
  test('a character is cut as a whole', async () => {
    const family = '👩‍👩‍👧';
    const measure = await measureFor([family]);
    expect(truncate(`a${family}b`, 3, measure)).toBe('a…');
    expect(truncate(`a${family}b`, 4, measure)).toBe(`a${family}b`);
    expect(truncate('abc', 0, measure)).toBe('');
  });
});
