import type { Cell } from '../packages/tui/test/support/virtual-terminal.ts';

const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 18;
const MARGIN = 10;
const BACKGROUND = '#16191f';
const FOREGROUND = '#d7dae0';

/** A screen as an SVG picture: a rectangle for each stretch of background, a text for each stretch of one look. */
export function screenPicture(rows: readonly (readonly Cell[])[]): string {
  const width = rows[0]!.length * CELL_WIDTH + 2 * MARGIN;
  const height = rows.length * CELL_HEIGHT + 2 * MARGIN;
  const lines = rows.flatMap((cells, row) => runsOf(cells).flatMap((run) => drawn(run, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${FOREGROUND}">`,
    ...lines,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

interface Run {
  readonly column: number;
  readonly cells: readonly Cell[];
}

function runsOf(cells: readonly Cell[]): Run[] {
  const runs: { column: number; cells: Cell[] }[] = [];
  for (const [column, cell] of cells.entries()) {
    if (cell.width === 0) continue;
    const last = runs.at(-1);
    if (last && lookOf(last.cells[0]!) === lookOf(cell)) last.cells.push(cell);
    else runs.push({ column, cells: [cell] });
  }
  return runs;
}

function lookOf({ colour, background, isBold, isItalic, isUnderlined }: Cell): string {
  return [colour, background, isBold, isItalic, isUnderlined].join();
}

function drawn({ column, cells }: Run, row: number): string[] {
  const [first] = cells as readonly [Cell, ...Cell[]];
  const text = cells.map((cell) => cell.text).join('');
  const columns = cells.reduce((sum, cell) => sum + cell.width, 0);
  const x = rounded(MARGIN + column * CELL_WIDTH);
  const y = MARGIN + row * CELL_HEIGHT;
  const width = rounded(columns * CELL_WIDTH);
  const drawings: string[] = [];
  if (first.background !== null)
    drawings.push(
      `<rect x="${x}" y="${y}" width="${width}" height="${CELL_HEIGHT}" fill="${hex(first.background)}"/>`,
    );
  if (text.trim() !== '') {
    const looks = [
      first.colour === null ? '' : ` fill="${hex(first.colour)}"`,
      first.isBold ? ' font-weight="bold"' : '',
      first.isItalic ? ' font-style="italic"' : '',
      first.isUnderlined ? ' text-decoration="underline"' : '',
    ].join('');
    // The length keeps columns in line whatever font the reader has.
    const length = ` textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
    drawings.push(`<text x="${x}" y="${y + 13}"${length}${looks}>${escaped(text)}</text>`);
  }
  return drawings;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function hex(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}

function escaped(text: string): string {
  // Ordinary spaces would be drawn as one.
  const spaced = text.replaceAll(' ', '\u00a0');
  return spaced.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
