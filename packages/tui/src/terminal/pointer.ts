/** What a mouse did, in the rows and columns of the terminal, both from 0. */
export interface PointerEvent {
  readonly kind: 'press' | 'wheel-up' | 'wheel-down';
  readonly column: number;
  readonly row: number;
}

/** Asks for presses and the wheel, in the form of SGR (`?1006`), which has no limits; and the reverse. */
export const POINTER_ON = '\u001b[?1000h\u001b[?1006h';
export const POINTER_OFF = '\u001b[?1006l\u001b[?1000l';

const BEGINNING = '\u001b[<';
const REPORT = /^(\d+);(\d+);(\d+)([Mm])$/;

const WHEEL_UP = 64;
const WHEEL_DOWN = 65;

/** The event of a report; `null` for one that means nothing here, such as a release. */
export function parsePointer(sequence: string): PointerEvent | null {
  const match = sequence.startsWith(BEGINNING) ? REPORT.exec(sequence.slice(BEGINNING.length)) : null;
  if (!match || match[4] === 'm') return null;
  const [button, column, row] = match.slice(1, 4).map(Number) as [number, number, number];
  const kind = kindOf(button);
  return kind && { kind, column: column - 1, row: row - 1 };
}

function kindOf(button: number): PointerEvent['kind'] | null {
  if (button === WHEEL_UP) return 'wheel-up';
  if (button === WHEEL_DOWN) return 'wheel-down';
  return button === 0 ? 'press' : null;
}
