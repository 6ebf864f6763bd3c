import { StoreError } from '../errors.ts';
import { parseCommit } from '../objects/commit.ts';
import type { ObjectId } from '../objects/object-id.ts';
import type { ObjectStore } from '../pack/object-store.ts';

/** Commits of one history that are looked at: a hundred a day for ten years would be 365,000. */
const COMMITS_MAX = 500_000;

/** Whether one commit is another, or is reached from it. What is no commit here, or is not here, reaches nothing. */
export function isAncestor(objects: ObjectStore, ancestor: ObjectId, from: ObjectId): boolean {
  const seen = new Set<ObjectId>([from]);
  // A set goes on with what is added while it is walked.
  for (const id of seen) {
    if (id === ancestor) return true;
    for (const parent of parentsOf(objects, id)) seen.add(parent);
    if (seen.size > COMMITS_MAX)
      throw new StoreError('hostile', `more than ${COMMITS_MAX} commits lead to ${from}`);
  }
  return false;
}

function parentsOf(objects: ObjectStore, id: ObjectId): readonly ObjectId[] {
  if (!objects.has(id) || objects.sizeOf(id).kind !== 'commit') return [];
  return parseCommit(objects.readSync(id).bytes).parents;
}
