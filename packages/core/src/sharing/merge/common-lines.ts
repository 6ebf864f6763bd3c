/** Lines of one text: more are not written by hand. */
const LINES_MAX = 100_000;

/**
 * Lines that differ in all, of both texts: the work grows with its square, and so do the steps that are kept to find
 * the way back (2,000 * 2,000 numbers of four bytes are 16 MiB).
 */
const DIFFERENCES_MAX = 2_000;

/**
 * The longest common subsequence of two texts, by Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its
 * Variations", 1986): for each line of the first, where it is in the second, -1 for nowhere. `null` where there are too
 * many lines or too many differences.
 */
export function commonLines(one: readonly string[], other: readonly string[]): Int32Array | null {
  if (one.length > LINES_MAX || other.length > LINES_MAX) return null;
  const pairs = new Int32Array(one.length).fill(-1);
  const [start, ends] = trim(one, other, pairs);
  const trace = search(one.slice(start, ends.one), other.slice(start, ends.other));
  if (trace === null) return null;
  walkBack(trace, { one: ends.one - start, other: ends.other - start }, (x, y) => {
    pairs[start + x] = start + y;
  });
  return pairs;
}

/** Pairs the lines that both begin and end with, which are most. */
function trim(
  one: readonly string[],
  other: readonly string[],
  pairs: Int32Array,
): [start: number, ends: { one: number; other: number }] {
  let start = 0;
  const ends = { one: one.length, other: other.length };
  while (start < ends.one && start < ends.other && one[start] === other[start]) {
    pairs[start] = start;
    start += 1;
  }
  while (ends.one > start && ends.other > start && one[ends.one - 1] === other[ends.other - 1]) {
    ends.one -= 1;
    ends.other -= 1;
    pairs[ends.one] = ends.other;
  }
  return [start, ends];
}

/**
 * The furthest points for each number of differences, by diagonal, until the ends are met. Of step d, entry k + d is
 * that of diagonal k.
 */
function search(one: readonly string[], other: readonly string[]): Int32Array[] | null {
  const most = Math.min(one.length + other.length, DIFFERENCES_MAX);
  const trace: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences += 1) {
    const furthest = new Int32Array(2 * differences + 1);
    const last = trace.at(-1);
    trace.push(furthest);
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let x = last === undefined ? 0 : nextStart(last, diagonal, differences);
      let y = x - diagonal;
      while (x < one.length && y < other.length && one[x] === other[y]) {
        x += 1;
        y += 1;
      }
      furthest[diagonal + differences] = x;
      if (x >= one.length && y >= other.length) return trace;
    }
  }
  return null;
}

/** Where a diagonal begins: below the one above it, or beside the one below it, whichever is further. */
function nextStart(last: Int32Array, diagonal: number, differences: number): number {
  const at = diagonal + differences - 1;
  return isDown(last, at) ? last[at + 1]! : last[at - 1]! + 1;
}

/** Whether the step onto a diagonal takes a line of the second text. `at` is the diagonal's place in the step before. */
function isDown(last: Int32Array, at: number): boolean {
  if (at - 1 < 0) return true;
  return at + 1 < last.length && last[at - 1]! < last[at + 1]!;
}

function walkBack(
  trace: readonly Int32Array[],
  from: { readonly one: number; readonly other: number },
  pair: (one: number, other: number) => void,
): void {
  let { one: x, other: y } = from;
  for (let differences = trace.length - 1; differences >= 0; differences -= 1) {
    const last = trace[differences - 1];
    const diagonal = x - y;
    const at = diagonal + differences - 1;
    const startX = last === undefined ? 0 : nextStart(last, diagonal, differences);
    while (x > startX && y > startX - diagonal) {
      x -= 1;
      y -= 1;
      pair(x, y);
    }
    if (last === undefined) return;
    if (isDown(last, at)) y -= 1;
    else x -= 1;
  }
}
