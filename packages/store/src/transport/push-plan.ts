import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { blobsIn, blobsOf, commitAt, commitsBehind, historyOf } from './reach.ts';

/** What a push has to send. */
export interface PushPlan {
  /** Blobs that the remote is not known to have, in the order of the trees, with their bytes. */
  readonly blobs: ReadonlyMap<ObjectId, number>;
  /** Commits that the remote has and that share blobs with what is pushed, though no history leads to them. */
  readonly bases: readonly ObjectId[];
  /** Bytes that need not be sent because of the bases. */
  readonly sharedBytes: number;
}

/** How many commits of the remote are looked through for blobs that need not be sent: the newest ones. */
const BASES_LOOKED_AT_MAX = 1_000;
/** What a blob counts for that is not here: a part of the common size. */
const SIZE_UNKNOWN = 1024 * 1024;
/**
 * Finds out what of the tips the remote does not have. Git looks only at histories: what a commit shares with one that is
 * neither before nor after it, as versions are, Git would send again.
 *
 * Throws `not-found` with `data.ids` for blobs that neither the remote is known to have nor this side has, as in a
 * partial clone.
 */
export function planPush(
  objects: ObjectStore,
  tips: readonly ObjectId[],
  remoteRefs: ReadonlyMap<string, ObjectId>,
): PushPlan {
  const there = commitsThere(objects, remoteRefs);
  const known = historyOf(objects, [...there], new Set());
  const added = historyOf(objects, commitsBehind(objects, tips), known);
  const wanted = blobsOf(objects, added);
  const { bases, shared } = findBases(objects, there, wanted);
  const size = (id: ObjectId) => (objects.has(id) ? objects.sizeOf(id).size : null);
  const blobs = new Map<ObjectId, number>();
  const absent: ObjectId[] = [];
  for (const id of wanted) {
    const bytes = shared.has(id) ? 0 : size(id);
    if (bytes === null) absent.push(id);
    else if (!shared.has(id)) blobs.set(id, bytes);
  }
  if (absent.length > 0) throw notHere(absent);
  let sharedBytes = 0;
  for (const id of shared) sharedBytes += size(id) ?? SIZE_UNKNOWN;
  return { blobs, bases, sharedBytes };
}

/** Throws `not-found` for tips that are not here. */
export function checkHere(objects: ObjectStore, tips: readonly ObjectId[]): void {
  const absent = tips.filter((id) => !objects.has(id));
  if (absent.length > 0)
    throw new StoreError('not-found', `there is no object ${absent[0]} to push`, { data: { ids: absent } });
}

/** Commits that refs of the remote lead to, as far as they are here; the newest first. */
function commitsThere(objects: ObjectStore, refs: ReadonlyMap<string, ObjectId>): ObjectId[] {
  const commits = commitsBehind(objects, refs.values());
  const dated = commits.map((id) => ({ id, seconds: commitAt(objects, id).committer.seconds }));
  return dated.sort((a, b) => b.seconds - a.seconds || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** Goes through commits, newest first, until all that is wanted is found in one; keeps those that had some of it. */
function findBases(
  objects: ObjectStore,
  commits: readonly ObjectId[],
  wanted: ReadonlySet<ObjectId>,
): { readonly bases: ObjectId[]; readonly shared: ReadonlySet<ObjectId> } {
  const bases: ObjectId[] = [];
  const shared = new Set<ObjectId>();
  const seen = new Set<ObjectId>();
  for (const commit of commits.slice(0, BASES_LOOKED_AT_MAX)) {
    if (shared.size === wanted.size) break;
    const before = shared.size;
    for (const id of blobsIn(objects, commitAt(objects, commit).tree, seen)) {
      if (wanted.has(id)) shared.add(id);
    }
    if (shared.size > before) bases.push(commit);
  }
  return { bases, shared };
}

function notHere(ids: readonly ObjectId[]): StoreError {
  const what = ids.length === 1 ? `object ${ids[0]} is` : `${ids.length} objects, such as ${ids[0]}, are`;
  return new StoreError('not-found', `${what} not here, and the remote is not known to have them`, {
    hint: 'bring them from the remote that has them first',
    data: { ids, promised: true },
  });
}
