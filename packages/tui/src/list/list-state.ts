/** Where one is in a list. Kept small: what the list shows is the screen's. */
export interface ListState {
  /** Index of the selected row; 0 in an empty list. */
  readonly cursor: number;
  /** Index of the first visible row. */
  readonly top: number;
}

export const LIST_START: ListState = { cursor: 0, top: 0 };

export type ListMove =
  | { readonly by: number }
  | { readonly to: 'first' | 'last' | number }
  | { readonly pages: number };

export interface ListExtent {
  /** Number of rows. */
  readonly count: number;
  /** Number of rows that are visible. */
  readonly height: number;
}

/** Moves the cursor, and as few rows as that takes. */
export function moveList(state: ListState, move: ListMove, extent: ListExtent): ListState {
  return showCursor({ ...state, cursor: target(state, move, extent) }, extent);
}

function target({ cursor }: ListState, move: ListMove, { count, height }: ListExtent): number {
  if ('by' in move) return cursor + move.by;
  if ('pages' in move) return cursor + Math.round(move.pages * Math.max(1, height - 1));
  if (move.to === 'first') return 0;
  return move.to === 'last' ? count - 1 : move.to;
}

/** The same place in a list or a window that has changed: the cursor stays within both. */
export function showCursor({ cursor, top }: ListState, { count, height }: ListExtent): ListState {
  const rows = Math.max(1, height);
  const kept = Math.max(0, Math.min(cursor, count - 1));
  const lastTop = Math.max(0, count - rows);
  const shown = Math.min(Math.max(top, kept - rows + 1), kept, lastTop);
  return { cursor: kept, top: Math.max(0, shown) };
}

/** Moves the window and takes the cursor along where it would be left behind, as a mouse wheel does. */
export function scrollList(state: ListState, by: number, { count, height }: ListExtent): ListState {
  const rows = Math.max(1, height);
  const top = Math.max(0, Math.min(state.top + by, count - rows));
  return { top, cursor: Math.max(top, Math.min(state.cursor, top + rows - 1, Math.max(0, count - 1))) };
}
