import { type ObjectId, parseCommit, type Repository } from '@cairn/store';
import { CairnError } from '../errors.ts';

type Objects = Pick<Repository, 'objects'>;

/** How two commits stand to one another. */
export interface CommitRelation {
  /** Commits that only the first leads to, and only the second. */
  readonly ahead: number;
  readonly behind: number;
  /** The last commit that both lead to; `null` when there is none. */
  readonly base: ObjectId | null;
}

/** Commits of one history that are looked at: a hundred edits a day for ten years would be 365,000. */
const COMMITS_MAX = 500_000;

/** Compares the histories of two commits. Where a shallow clone ends, a history ends. */
export function relate({ objects }: Objects, ours: ObjectId, theirs: ObjectId): CommitRelation {
  if (ours === theirs) return { ahead: 0, behind: 0, base: ours };
  const before = historyOf({ objects }, ours);
  if (before.has(theirs)) {
    return { ahead: before.size - historyOf({ objects }, theirs).size, behind: 0, base: theirs };
  }
  const after = historyOf({ objects }, theirs);
  if (after.has(ours)) return { ahead: 0, behind: after.size - before.size, base: ours };
  const common = [...after].filter((id) => before.has(id));
  return {
    ahead: before.size - common.length,
    behind: after.size - common.length,
    base: lastOf({ objects }, common),
  };
}

/** Whether one commit leads to another, or is it. */
export function leadsTo(repository: Objects, from: ObjectId, to: ObjectId): boolean {
  return from === to || historyOf(repository, from).has(to);
}

/** All commits that one leads to, itself first. */
function historyOf({ objects }: Objects, tip: ObjectId): Set<ObjectId> {
  const found = new Set<ObjectId>([tip]);
  // A set goes on with what is added while it is walked.
  for (const id of found) {
    for (const parent of parentsOf({ objects }, id)) {
      if (!found.has(parent) && objects.has(parent)) found.add(parent);
    }
    if (found.size > COMMITS_MAX) throw tooLong(tip);
  }
  return found;
}

/** Of commits that are a history, one that no other leads to; of several, the newest. */
function lastOf({ objects }: Objects, history: readonly ObjectId[]): ObjectId | null {
  const followed = new Set(history.flatMap((id) => parentsOf({ objects }, id)));
  const tips = history.filter((id) => !followed.has(id));
  const dated = tips.map((id) => ({ id, at: commitAt({ objects }, id).committer.seconds }));
  dated.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  return dated[0]?.id ?? null;
}

function parentsOf(repository: Objects, id: ObjectId): readonly ObjectId[] {
  return commitAt(repository, id).parents;
}

function commitAt({ objects }: Objects, id: ObjectId): ReturnType<typeof parseCommit> {
  const { kind, bytes } = objects.readSync(id);
  if (kind === 'commit') return parseCommit(bytes);
  throw new CairnError('damaged', `expected ${id} to be a commit, got a ${kind}`);
}

function tooLong(tip: ObjectId): CairnError {
  return new CairnError('hostile', `more than ${COMMITS_MAX} commits lead to ${tip}`, {
    hint: 'do not trust where this repository came from',
  });
}
