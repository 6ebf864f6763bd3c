const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['list', 'ls'],
  ['log', 'ls'],
  ['versions', 'ls'],
  ['models', 'ls'],
  ['create', 'new'],
  ['push', 'add'],
  ['save', 'add'],
  ['pull', 'get'],
  ['extract', 'get'],
  ['checkout', 'get'],
  ['info', 'show'],
  ['describe', 'show'],
  ['check', 'verify'],
  ['fsck', 'verify'],
  ['delete', 'rm'],
  ['remove', 'rm'],
  ['mv', 'rename'],
  ['prune', 'gc'],
]);

/** The word that was probably meant, or `null` when none is near. */
export function suggest(typed: string, known: readonly string[]): string | null {
  const synonym = SYNONYMS.get(typed);
  if (synonym && known.includes(synonym)) return synonym;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const word of known) {
    const distance = word.startsWith(typed) && typed.length > 1 ? 1 : editDistance(typed, word);
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean X?`, with what goes before it on the command line, or nothing. */
export function suggestion(typed: string, known: readonly string[], before = ''): string | undefined {
  const word = suggest(typed, known);
  return word === null ? undefined : `did you mean ${before}${word}?`;
}

/** Longer words are no typing slips, and the table grows with the square of the length. */
const LENGTH_MAX = 64;

/** Letters to add, drop, change or swap with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  if (from.length > LENGTH_MAX || to.length > LENGTH_MAX) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, beforeLast[column - 2]! + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
