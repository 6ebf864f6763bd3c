import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import stringWidth from 'string-width';
import type { InputStream, OutputStream } from '../../src/ui/host.ts';

/** A character on the screen. */
export interface Cell {
  readonly text: string;
  /** Columns: 0 behind a wide character. */
  readonly width: number;
  /** 24 bits; `null` for the terminal's own. */
  readonly colour: number | null;
  readonly background: number | null;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
}

/** A terminal in memory: what is written to it is interpreted as a real one does. */
export interface VirtualTerminal {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  /** Types bytes, as the keyboard sends them. */
  send(bytes: string): void;
  /** Resolves when all that was written has been interpreted. */
  settled(): Promise<void>;
  /** The rows as text, without spaces at their ends. */
  rows(): string[];
  /** Number of columns that the text of a row takes up to a piece of it; -1 when it is not there. */
  columnOf(row: number, piece: string): number;
  /** The colour of the first character of a piece of text: a number of the palette, or of 24 bits; -1 for none. */
  colourOf(row: number, piece: string): number;
  /** Every cell with its look, row by row. */
  cells(): Cell[][];
  resize(columns: number, rows: number): void;
  isAlternate(): boolean;
  /** Whether keys come in one by one, without echo. */
  isRaw(): boolean;
  /** What was written before keys came in one by one. */
  writtenBeforeRaw(): string;
  /** All that was written, as it was written. */
  written(): string;
}

export function virtualTerminal(columns = 80, rows = 24): VirtualTerminal {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  registerWidths(terminal);
  let isRaw = false;
  let written = '';
  let writtenBeforeRaw: string | null = null;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => {
      if (raw) writtenBeforeRaw ??= written;
      isRaw = raw;
    },
    ref: () => undefined,
    unref: () => undefined,
  });
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += chunk;
        terminal.write(chunk, done);
      },
    }),
    { isTTY: true, columns, rows },
  );
  const line = (row: number) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row)!;
  return {
    stdin,
    stdout,
    send: (bytes) => stdin.write(bytes),
    settled: () => new Promise((resolve) => terminal.write('', resolve)),
    rows: () =>
      Array.from({ length: terminal.rows }, (_, row) => line(row).translateToString(true).trimEnd()),
    columnOf: (row, piece) => {
      const text = line(row).translateToString(true);
      const at = text.indexOf(piece);
      return at < 0 ? -1 : cellOf(line(row), at);
    },
    colourOf: (row, piece) => {
      const at = line(row).translateToString(true).indexOf(piece);
      const cell = at < 0 ? undefined : line(row).getCell(cellOf(line(row), at));
      return cell ? cell.getFgColor() : -1;
    },
    cells: () => Array.from({ length: terminal.rows }, (_, row) => cellsOf(line(row))),
    resize: (width, height) => {
      terminal.resize(width, height);
      Object.assign(stdout, { columns: width, rows: height });
      stdout.emit('resize');
    },
    isAlternate: () => terminal.buffer.active.type === 'alternate',
    isRaw: () => isRaw,
    writtenBeforeRaw: () => writtenBeforeRaw ?? written,
    written: () => written,
  };
}

/** The cell in which a character of a line's text stands: wide ones take two. */
function cellOf(line: xterm.IBufferLine, index: number): number {
  let length = 0;
  for (let cell = 0; cell < line.length; cell += 1) {
    if (length >= index) return cell;
    const { getWidth, getChars } = bound(line.getCell(cell)!);
    if (getWidth() > 0) length += getChars().length || 1;
  }
  return line.length;
}

function bound(cell: xterm.IBufferCell) {
  return { getWidth: () => cell.getWidth(), getChars: () => cell.getChars() };
}

/** The emulator's own table is from 2010 and does not know emoji. */
function registerWidths(terminal: xterm.Terminal): void {
  const wcwidth = (codepoint: number) =>
    Math.min(2, stringWidth(String.fromCodePoint(codepoint))) as 0 | 1 | 2;
  terminal.unicode.register({
    version: 'current',
    wcwidth,
    charProperties: (codepoint, preceding) => {
      const width = wcwidth(codepoint);
      const joins = width === 0 && preceding !== 0;
      const shown = joins ? (preceding >> 1) & 3 : width;
      return ((codepoint & 0xffffff) << 3) | (shown << 1) | (joins ? 1 : 0);
    },
  });
  terminal.unicode.activeVersion = 'current';
}

function cellsOf(line: xterm.IBufferLine): Cell[] {
  return Array.from({ length: line.length }, (_, column) => {
    const cell = line.getCell(column)!;
    return {
      text: cell.getChars() || ' ',
      width: cell.getWidth(),
      colour: cell.isFgRGB() ? cell.getFgColor() : cell.isFgPalette() ? ofPalette(cell.getFgColor()) : null,
      background: cell.isBgRGB()
        ? cell.getBgColor()
        : cell.isBgPalette()
          ? ofPalette(cell.getBgColor())
          : null,
      isBold: cell.isBold() !== 0,
      isItalic: cell.isItalic() !== 0,
      isUnderlined: cell.isUnderline() !== 0,
    };
  });
}

/** A colour of xterm's palette of 256 in 24 bits; `null` for the first 16, which are the user's own. */
function ofPalette(index: number): number | null {
  if (index < 16) return null;
  if (index >= 232) return (8 + 10 * (index - 232)) * 0x010101;
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = index - 16;
  const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level);
  return (red! << 16) | (green! << 8) | blue!;
}
