/** Longer words are no typing slips, and the table grows with the square of the length. */
const LENGTH_MAX = 64;

/** The known word that was probably meant: it begins with it, or at most a third of the letters differ. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = distanceBetween(folded(word), folded(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function folded(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

function distanceBetween(word: string, candidate: string): number {
  if (word.length > LENGTH_MAX) return Number.POSITIVE_INFINITY;
  if (word.length > 1 && candidate.startsWith(word)) return 1;
  return editDistance(word, candidate);
}

/** Letters to add, drop or change. */
function editDistance(from: string, to: string): number {
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = last[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(last[column]! + 1, current[column - 1]! + 1, change));
    }
    last = current;
  }
  return last[to.length]!;
}
