import type { Commit } from '../objects/commit.ts';
import { isObjectId, type ObjectId, parseObjectId } from '../objects/object-id.ts';
import { readRef } from '../refs/ref-store.ts';
import { loadGit, translatedGit } from './git-library.ts';
import { fromLibraryPerson } from './library-person.ts';
import type { Repository } from './open.ts';
import { createSeam } from './seam.ts';

/** A commit as a log shows it. */
export interface LoggedCommit extends Omit<Commit, 'headers'> {
  readonly id: ObjectId;
}

/**
 * Commits of a log at most. Histories can be made in which the walk meets a commit once for every way that
 * leads to it, which would be without end.
 */
const LOG_LENGTH_MAX = 100_000;

/**
 * The commits that lead to a ref or an object, newest first; a tag stands for its commit. At most `depth` of
 * them. Empty when the ref does not exist.
 *
 * Throws `not-found` for an object that is missing, `damaged` for one that is no commit.
 */
export async function readLog(
  repository: Pick<Repository, 'gitDir' | 'objects'>,
  start: string,
  { depth = LOG_LENGTH_MAX }: { readonly depth?: number } = {},
): Promise<LoggedCommit[]> {
  const ref = isObjectId(start) ? start : readRef(repository.gitDir, start);
  if (ref === null || depth < 1) return [];
  const git = await loadGit();
  try {
    const entries = await git.log({ ...createSeam(repository), ref, depth: Math.min(depth, LOG_LENGTH_MAX) });
    return [...new Map(entries.map((entry) => [entry.oid, loggedCommit(entry)])).values()];
  } catch (error) {
    throw translatedGit(error, `log of ${start}`);
  }
}

type LogEntry = Awaited<ReturnType<typeof import('isomorphic-git').log>>[number];

function loggedCommit({ oid, commit }: LogEntry): LoggedCommit {
  return {
    id: parseObjectId(oid),
    tree: parseObjectId(commit.tree),
    parents: commit.parent.map(parseObjectId),
    author: fromLibraryPerson(commit.author),
    committer: fromLibraryPerson(commit.committer),
    message: commit.message,
  };
}
