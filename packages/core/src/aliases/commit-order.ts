import type { ObjectId } from '@cairn/store';

interface Commit {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  /** Seconds since 1970. */
  readonly seconds: number;
}

/**
 * Commits in the order in which they came to be: each after its parents, and the older first where that leaves a
 * choice, as `git log --date-order --reverse` has them. Clocks alone would not do: they differ from machine to machine.
 */
export function inOrder<C extends Commit>(commits: ReadonlyMap<ObjectId, C>): C[] {
  const children = new Map<ObjectId, number>();
  for (const { parents } of commits.values()) {
    for (const parent of new Set(parents)) children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  const ready = [...commits.values()].filter(({ id }) => !children.has(id)).sort(byTime);
  const ordered: C[] = [];
  for (let commit = ready.pop(); commit !== undefined; commit = ready.pop()) {
    ordered.push(commit);
    for (const id of new Set(commit.parents)) {
      const left = children.get(id)! - 1;
      children.set(id, left);
      const parent = commits.get(id);
      if (left === 0 && parent) ready.splice(placeFor(parent, ready), 0, parent);
    }
  }
  return ordered.reverse();
}

function byTime(a: Commit, b: Commit): number {
  return a.seconds - b.seconds || (a.id < b.id ? -1 : 1);
}

/** Where a commit goes in a list in the order of time. */
function placeFor(commit: Commit, list: readonly Commit[]): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byTime(list[middle]!, commit) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
