import type { ObjectId } from '../objects/object-id.ts';
import type { PushPlan } from './push-plan.ts';
import { stageCommit, stageTree } from './staged-objects.ts';
import type { Staging } from './staging.ts';

/** Where refs stand on a remote while a push is under way. */
export const UPLOADS = 'refs/cairn/uploads/';

/** Batches from which a push is cut up at all: for less, a connection more costs as much as it saves. */
const BATCHES_MIN = 1.5;
/** Bytes of shared parts from which it is worth telling Git of them, with a ref that comes and goes. */
const SHARED_SIZE_MIN = 1024 * 1024;

/** A commit that holds some blobs, and stands on the remote until the push is over. */
export interface Upload {
  readonly ref: string;
  readonly commit: ObjectId;
  readonly objects: number;
  readonly bytes: number;
}

export interface UploadOptions {
  readonly plan: PushPlan;
  /** What the push is named for: it is over when the remote has a ref of this value. */
  readonly tip: ObjectId;
  readonly batchSize: number;
}

/**
 * The batches of a large push; none for one that goes as a whole. The same blobs make the same commits under the same
 * names on every machine, so that a push that was cut goes on where it was.
 */
export function stageUploads(staging: Staging, { plan: { blobs }, tip, batchSize }: UploadOptions): Upload[] {
  const total = [...blobs.values()].reduce((sum, size) => sum + size, 0);
  if (total <= batchSize * BATCHES_MIN) return [];
  return batchesOf(blobs, batchSize).map(({ ids, bytes }, index) => ({
    ref: `${UPLOADS}${tip}/${String(index).padStart(6, '0')}`,
    commit: stageCommit(staging, {
      tree: stageTree(staging, ids),
      parents: [],
      message: `Part ${index + 1} of a push of ${tip}\n\nIt can be removed when nobody pushes that.\n`,
    }),
    objects: ids.length,
    bytes,
  }));
}

/**
 * A commit that makes Git see what the remote has: when Git pushes a commit, it leaves out all that its parents hold,
 * in any folder, for every other commit of the same push too. Null where there is nothing to gain.
 */
export function stageLink(
  staging: Staging,
  { plan, uploads, tip }: Omit<UploadOptions, 'batchSize'> & { readonly uploads: readonly Upload[] },
): Upload | null {
  if (uploads.length === 0 && plan.sharedBytes < SHARED_SIZE_MIN) return null;
  const commit = stageCommit(staging, {
    tree: stageTree(staging, []),
    parents: [...uploads.map((upload) => upload.commit), ...plan.bases],
    message: `What a push of ${tip} shares\n\nIt can be removed at any time.\n`,
  });
  return { ref: `${UPLOADS}${tip}/link`, commit, objects: 0, bytes: 0 };
}

/** Refs of pushes that are over, because the remote has what they were for: their ends were cut. */
export function finishedUploads(remoteRefs: ReadonlyMap<string, ObjectId>): Map<string, ObjectId> {
  const values = new Set<string>(remoteRefs.values());
  const finished = new Map<string, ObjectId>();
  for (const [name, id] of remoteRefs) {
    const tip = name.startsWith(UPLOADS) ? name.slice(UPLOADS.length).split('/', 1)[0]! : '';
    if (values.has(tip)) finished.set(name, id);
  }
  return finished;
}

/** Cut by sizes alone, in the order of the trees. */
function batchesOf(blobs: PushPlan['blobs'], batchSize: number): { ids: ObjectId[]; bytes: number }[] {
  const batches: { ids: ObjectId[]; bytes: number }[] = [];
  for (const [id, size] of blobs) {
    const last = batches.at(-1);
    if (last === undefined || last.bytes + size > batchSize) batches.push({ ids: [id], bytes: size });
    else {
      last.ids.push(id);
      last.bytes += size;
    }
  }
  return batches;
}
