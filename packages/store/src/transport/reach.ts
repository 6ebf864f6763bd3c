import { StoreError } from '../errors.ts';
import { type Commit, parseCommit } from '../objects/commit.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { parseTag } from '../objects/tag.ts';
import { parseTreeTargets } from '../objects/tree.ts';
import type { ObjectStore } from '../pack/object-store.ts';

/** As much of an object store as walking needs. */
export type ObjectReader = Pick<ObjectStore, 'has' | 'readSync' | 'sizeOf'>;

/** Commits of the histories that are walked: a hundred a day for ten years would be 365,000. */
export const COMMITS_MAX = 500_000;

/** The commit that an id is, or that a tag of that id leads to; null when that is not here, or something else. */
export function commitBehind(objects: ObjectReader, id: ObjectId): ObjectId | null {
  for (let at = id; objects.has(at); ) {
    const { kind } = objects.sizeOf(at);
    if (kind === 'commit') return at;
    if (kind !== 'tag') return null;
    at = parseTag(objects.readSync(at).bytes).target;
  }
  return null;
}

/** All commits that ids lead to, as far as they are here. */
export function commitsBehind(objects: ObjectReader, ids: Iterable<ObjectId>): ObjectId[] {
  return [...new Set([...ids].flatMap((id) => commitBehind(objects, id) ?? []))];
}

export function commitAt(objects: ObjectReader, id: ObjectId): Commit {
  return parseCommit(objects.readSync(id).bytes);
}

/** Commits and all that they come after, as far as they are here, without some that are known with theirs. */
export function historyOf(
  objects: ObjectReader,
  from: readonly ObjectId[],
  known: ReadonlySet<ObjectId>,
): Set<ObjectId> {
  const found = new Set(from.filter((id) => !known.has(id)));
  // A set goes on with what is added while it is walked.
  for (const id of found) {
    for (const parent of commitAt(objects, id).parents) {
      if (!known.has(parent) && objects.has(parent)) found.add(parent);
    }
    if (found.size > COMMITS_MAX)
      throw new StoreError('hostile', `more than ${COMMITS_MAX} commits to transfer`);
  }
  return found;
}

/** The blobs of commits, in the order of their trees, whether they are here or not. */
export function blobsOf(objects: ObjectReader, commits: Iterable<ObjectId>): Set<ObjectId> {
  const blobs = new Set<ObjectId>();
  const trees = new Set<ObjectId>();
  for (const commit of commits) {
    for (const id of blobsIn(objects, commitAt(objects, commit).tree, trees)) blobs.add(id);
  }
  return blobs;
}

/** Blobs of a tree and of those in it that were not seen yet. */
export function* blobsIn(objects: ObjectReader, root: ObjectId, seen: Set<ObjectId>): Generator<ObjectId> {
  const pending = [root];
  for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
    if (seen.has(tree) || !objects.has(tree)) continue;
    seen.add(tree);
    const folders: ObjectId[] = [];
    for (const { mode, id } of parseTreeTargets(objects.readSync(tree).bytes)) {
      if (mode === '40000') folders.push(id);
      else if (mode !== '160000') yield id;
    }
    pending.push(...folders.reverse());
  }
}

/** Two stores as one. */
export function together(one: ObjectReader, other: ObjectReader): ObjectReader {
  const holder = (id: ObjectId) => (other.has(id) ? other : one);
  return {
    has: (id) => other.has(id) || one.has(id),
    readSync: (id) => holder(id).readSync(id),
    sizeOf: (id) => holder(id).sizeOf(id),
  };
}
