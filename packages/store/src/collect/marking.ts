import type { ObjectId } from '../objects/object-id.ts';
import { fileAt } from './files-on-disk.ts';
import { looseFiles } from './loose-files.ts';
import { MARK } from './object-table.ts';
import type { Pace } from './pace.ts';
import { promisesIn } from './promises.ts';
import { FROM_DOOMED, FROM_OTHERS, FROM_REFS, markFrom, type Walk } from './reachability.ts';
import { type RefSnapshot, reflogIds, shallowCommits } from './roots.ts';
import type { Collected, Survey } from './survey.ts';

export interface MarkOptions {
  /** Refs that go, and what alone goes with them; null when everything goes that is not reached. */
  readonly removed: ReadonlyMap<string, ObjectId> | null;
  readonly isYoung: (modifiedMs: number) => boolean;
  readonly pace: Pace;
}

export interface Marked {
  /** The refs that stay. */
  readonly refs: RefSnapshot;
  readonly survey: Survey;
}

/**
 * Marks as reached what must stay: all that refs lead to, that reflogs name and, unless refs are being removed,
 * that is young; then as doomed what the refs lead to that go.
 */
export async function markEverything(
  { gitDir, objects }: Collected,
  { refs, survey }: Marked,
  { removed, isYoung, pace }: MarkOptions,
): Promise<void> {
  const isPromised = promisesIn({ objects }, survey);
  const walk: Walk = { objects, table: survey.table, shallow: shallowCommits(gitDir), isPromised, pace };
  await markFrom(rootsOf(refs), walk, FROM_REFS);
  await markFrom(reflogIds(gitDir, new Set(removed?.keys())), walk, FROM_OTHERS);
  if (removed === null) await markFrom(youngObjects(gitDir, survey, isYoung), walk, FROM_OTHERS);
  else await markFrom(removed.values(), walk, FROM_DOOMED);
}

function rootsOf({ refs, head }: RefSnapshot): Set<ObjectId> {
  const roots = new Set(refs.values());
  return head === null ? roots : roots.add(head);
}

/** What is young may be about to be used, together with all that it leads to, however old that is. */
function* youngObjects(
  gitDir: string,
  { packs, table }: Survey,
  isYoung: MarkOptions['isYoung'],
): Generator<ObjectId> {
  const isReached = (id: ObjectId) => table.has(table.find(id)!, MARK.reached);
  for (const { file, disk } of packs) {
    if (!isYoung(disk.modifiedMs)) continue;
    for (const id of file.index.ids()) if (!isReached(id)) yield id;
  }
  for (const { folder, name, id } of looseFiles(gitDir)) {
    if (id === null || table.find(id) === null || isReached(id)) continue;
    const modifiedMs = fileAt(folder, name)?.modifiedMs;
    if (modifiedMs !== undefined && isYoung(modifiedMs)) yield id;
  }
}
