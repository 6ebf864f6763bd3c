import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { listRefs, type RefChange, updateRefs } from '../refs/ref-store.ts';
import type { Repository } from '../repository/open.ts';
import { isAncestor } from './ancestry.ts';
import { leadsTo, type Refspec, targetPrefix } from './refspec.ts';

/** What became of one ref that was asked for. */
export interface FetchedRef {
  /** Its name on this side. */
  readonly name: string;
  /** The value that the remote has; null when it has none. */
  readonly remote: ObjectId | null;
  /** The value on this side before. */
  readonly before: ObjectId | null;
  /**
   * - `new`, `moved`: the ref has the remote's value now; `unchanged`: it had it before
   * - `ahead`: a branch on this side holds all of the remote's, and more; it stays
   * - `diverged`: a branch that each side has added to; it stays
   * - `conflict`: a tag with another value; it stays
   * - `only-here`: the remote has no such ref; it stays
   */
  readonly state: 'new' | 'moved' | 'unchanged' | 'ahead' | 'diverged' | 'conflict' | 'only-here';
}

/** Values that the remote has, by the names on this side. */
export type ArrivedRefs = ReadonlyMap<string, ObjectId>;

interface Arrival {
  readonly refspecs: readonly Refspec[];
  readonly arrived: ArrivedRefs;
}

/** How often another process may move a ref between looking and writing. */
const RACES_MAX = 8;
/** How long to wait for a lock of a ref, milliseconds: it is held for the writing of one file. */
const LOCK_TIMEOUT_MS = 30_000;

/** Gives refs on this side the values that have arrived, where that loses nothing, and says what became of each. */
export async function takeOverRefs(
  repository: Pick<Repository, 'gitDir' | 'objects'>,
  arrival: Arrival,
  signal: AbortSignal | undefined,
): Promise<FetchedRef[]> {
  for (let races = 0; ; races++) {
    const refs = compareAll(repository, arrival);
    try {
      await updateRefs(repository.gitDir, refs.flatMap(changeFor), { timeoutMs: LOCK_TIMEOUT_MS, signal });
      return refs;
    } catch (error) {
      const hasMoved = error instanceof StoreError && (error.code === 'conflict' || error.code === 'exists');
      if (!hasMoved || races === RACES_MAX) throw error;
    }
  }
}

function changeFor({ name, state, remote, before }: FetchedRef): RefChange[] {
  return state === 'new' || state === 'moved' ? [{ name, expect: before, to: remote }] : [];
}

function compareAll(
  repository: Pick<Repository, 'gitDir' | 'objects'>,
  { refspecs, arrived }: Arrival,
): FetchedRef[] {
  const here = refsHere(repository, refspecs);
  const names = new Set([...here.keys(), ...arrived.keys()]);
  return [...names].sort().map((name) => {
    const [before, remote] = [here.get(name) ?? null, arrived.get(name) ?? null];
    const isForced = refspecs.some((refspec) => refspec.isForced && leadsTo(refspec, name));
    return { name, remote, before, state: stateOf(repository, { name, before, remote, isForced }) };
  });
}

function refsHere(
  { gitDir }: Pick<Repository, 'gitDir'>,
  refspecs: readonly Refspec[],
): Map<string, ObjectId> {
  const here = new Map<string, ObjectId>();
  for (const refspec of refspecs) {
    for (const [name, { id }] of listRefs(gitDir, targetPrefix(refspec))) {
      if (leadsTo(refspec, name)) here.set(name, id);
    }
  }
  return here;
}

interface Comparison extends Pick<FetchedRef, 'name' | 'before' | 'remote'> {
  readonly isForced: boolean;
}

function stateOf(
  { objects }: Pick<Repository, 'objects'>,
  { name, before, remote, isForced }: Comparison,
): FetchedRef['state'] {
  if (remote === null) return 'only-here';
  if (before === null) return 'new';
  if (before === remote) return 'unchanged';
  if (name.startsWith('refs/tags/')) return 'conflict';
  if (isForced || isAncestor(objects, before, remote)) return 'moved';
  return isAncestor(objects, remote, before) ? 'ahead' : 'diverged';
}
