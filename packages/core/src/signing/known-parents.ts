import { type ObjectId, parseCommit, type Repository } from '@cairn/store';
import { CairnError } from '../errors.ts';

interface CommitToRead {
  readonly id: ObjectId;
  /** Where the repository is cut off on purpose. */
  readonly shallow: ReadonlySet<ObjectId>;
}

/**
 * A commit's parents, without those that a shallow clone was cut off before. Throws `hostile` for any other that is not
 * here: no lazy clone is made without commits, and who gives one decides what is left out of it.
 */
export function knownParents({ objects }: Repository, { id, shallow }: CommitToRead): readonly ObjectId[] {
  const { parents } = parseCommit(objects.readSync(id).bytes);
  if (shallow.has(id)) return parents.filter((parent) => objects.has(parent));
  const missing = parents.find((parent) => !objects.has(parent));
  if (missing === undefined) return parents;
  throw new CairnError('hostile', `the commit ${missing}, which ${id} was made on, was left out`, {
    hint: 'take it from another clone, and do not trust where this one came from',
    data: { id: missing },
  });
}
