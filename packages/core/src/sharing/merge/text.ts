import { commonLines } from './common-lines.ts';

/**
 * Merges what two sides have made of a text, line by line, as diff3 does: a stretch that one side has changed is taken
 * from it, and changes of both sides in the same place are a conflict, unless they are the same. `null` for a conflict,
 * and for texts too different to be compared.
 */
export function mergeText(base: string, ours: string, theirs: string): string | null {
  if (ours === theirs || base === theirs) return ours;
  if (base === ours) return theirs;
  const [before, here, there] = [linesOf(base), linesOf(ours), linesOf(theirs)];
  const ourPairs = commonLines(before, here);
  const theirPairs = commonLines(before, there);
  if (ourPairs === null || theirPairs === null) return null;
  return mergeLines({ before, here, there, ourPairs, theirPairs });
}

/** With their line breaks, so that a last line without one stays so. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Compared {
  readonly before: readonly string[];
  readonly here: readonly string[];
  readonly there: readonly string[];
  /** For each line of the base, where it is on that side; -1 for nowhere. */
  readonly ourPairs: Int32Array;
  readonly theirPairs: Int32Array;
}

/** Goes from one line that all three have to the next, and settles what is between. */
function mergeLines({ before, here, there, ourPairs, theirPairs }: Compared): string | null {
  const merged: string[] = [];
  let at = { base: 0, ours: 0, theirs: 0 };
  for (let line = 0; line <= before.length; line += 1) {
    const isEnd = line === before.length;
    const ours = isEnd ? here.length : ourPairs[line]!;
    const theirs = isEnd ? there.length : theirPairs[line]!;
    if (ours < 0 || theirs < 0) continue;
    const stretch = mergeStretch(
      before.slice(at.base, line),
      here.slice(at.ours, ours),
      there.slice(at.theirs, theirs),
    );
    if (stretch === null) return null;
    merged.push(...stretch);
    if (!isEnd) merged.push(before[line]!);
    at = { base: line + 1, ours: ours + 1, theirs: theirs + 1 };
  }
  return merged.join('');
}

type Lines = readonly string[];

function mergeStretch(before: Lines, here: Lines, there: Lines): Lines | null {
  if (isSame(here, there) || isSame(before, there)) return here;
  return isSame(before, here) ? there : null;
}

function isSame(one: Lines, other: Lines): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}
