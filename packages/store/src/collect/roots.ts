import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { entryAt, readBounded } from '../files/bounded.ts';
import { isObjectId, type ObjectId } from '../objects/object-id.ts';
import { listRefs, readHead } from '../refs/ref-store.ts';
import { namesIn } from './files-on-disk.ts';

/** The refs of a repository at one moment. */
export interface RefSnapshot {
  readonly refs: ReadonlyMap<string, ObjectId>;
  /** What `HEAD` names when it is not a ref. */
  readonly head: ObjectId | null;
}

/** Reads all refs; throws as soon as one is broken, which must not be taken for one that is gone. */
export function snapshotRefs(gitDir: string): RefSnapshot {
  checkPackedRefs(gitDir);
  const refs = new Map<string, ObjectId>();
  for (const [name, { id }] of listRefs(gitDir, 'refs/')) refs.set(name, id);
  const head = readHead(gitDir);
  return { refs, head: head.target === null ? head.id : null };
}

/**
 * An empty file is read as one without refs, as Git does, though Git itself never leaves one. A crash may have, and
 * nothing is deleted on its word.
 */
function checkPackedRefs(gitDir: string): void {
  const path = join(gitDir, 'packed-refs');
  const entry = entryAt(path);
  if (!entry?.isFile() || entry.size > 0) return;
  throw new StoreError('damaged', `${path} is empty: the refs that it held may be lost`, {
    hint: 'fetch them again from where this is shared; when none is missing, delete that file',
    data: { path },
  });
}

/** Whether two snapshots say the same. */
export function isSameSnapshot(one: RefSnapshot, other: RefSnapshot): boolean {
  if (one.head !== other.head || one.refs.size !== other.refs.size) return false;
  return [...one.refs].every(([name, id]) => other.refs.get(name) === id);
}

/**
 * Throws `unsupported` when a working tree hangs on the repository. Git keeps what is staged there alive, which
 * no ref tells.
 */
export function checkNoWorkTree(gitDir: string): void {
  const workTrees = join(gitDir, 'worktrees');
  const [name] = namesIn(workTrees);
  if (name !== undefined) throw inUse(join(workTrees, name), 'remove it with `git worktree remove`');
  const index = join(gitDir, 'index');
  if (entryAt(index) !== null) throw inUse(index, 'when nobody needs what is staged there, delete that file');
}

function inUse(path: string, hint: string): StoreError {
  const message = `a working tree uses this repository, and may need what no ref leads to: ${path}`;
  return new StoreError('unsupported', message, { hint, data: { path } });
}

/** Bytes of one reflog: 300,000 moves of 200 each. A bare repository has none unless it was told to. */
const REFLOG_SIZE_MAX = 60_000_000;

/** Where a ref led before and after each of its moves. */
const REFLOG_LINE = /^([0-9a-f]{40}) ([0-9a-f]{40}) /gm;

export function reflogFolder(gitDir: string): string {
  return join(gitDir, 'logs');
}

/** Every object that a reflog names, as Git keeps them too; the logs of some refs can be left out. */
export function reflogIds(gitDir: string, without: ReadonlySet<string>): Set<ObjectId> {
  const folder = reflogFolder(gitDir);
  const ids = new Set<ObjectId>();
  if (entryAt(folder) === null) return ids;
  for (const name of filesBelow(folder)) {
    if (without.has(name.replaceAll('\\', '/'))) continue;
    const log = readBounded(join(folder, name), REFLOG_SIZE_MAX)?.toString('latin1') ?? '';
    for (const [, before, after] of log.matchAll(REFLOG_LINE)) {
      ids.add(before as ObjectId).add(after as ObjectId);
    }
  }
  return ids;
}

/** Paths of the files in a folder and its folders, relative to it. Links are not followed: they could lead anywhere. */
function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = join(prefix, entry.name);
    if (entry.isDirectory()) return filesBelow(folder, path);
    return entry.isFile() ? [path] : [];
  });
}

/** Bytes of the file `shallow`: a million commits of 41. */
const SHALLOW_SIZE_MAX = 41_000_000;

/** The commits at which a shallow repository is cut off: their parents are not there on purpose. */
export function shallowCommits(gitDir: string): Set<ObjectId> {
  const path = join(gitDir, 'shallow');
  const lines = readBounded(path, SHALLOW_SIZE_MAX)?.toString('latin1').trimEnd().split('\n') ?? [];
  const broken = lines.find((line) => line !== '' && !isObjectId(line));
  if (broken === undefined) return new Set(lines.filter(isObjectId));
  throw new StoreError('damaged', `${path}: expected object ids, got ${JSON.stringify(broken.slice(0, 60))}`);
}
