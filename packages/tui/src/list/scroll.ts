import type { ListExtent, ListMove } from './list-state.ts';

/** The first visible line of a text after a move. */
export function scrollText(top: number, move: ListMove, { count, height }: ListExtent): number {
  const last = Math.max(0, count - height);
  const target = () => {
    if ('by' in move) return top + move.by;
    if ('pages' in move) return top + Math.round(move.pages * Math.max(1, height - 1));
    if (move.to === 'first') return 0;
    return move.to === 'last' ? last : move.to;
  };
  return Math.max(0, Math.min(target(), last));
}
