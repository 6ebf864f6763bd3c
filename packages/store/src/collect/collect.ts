import { join } from 'node:path';
import { StoreError, translated } from '../errors.ts';
import { acquireExclusive, listLeases } from '../files/lease.ts';
import { sweepOwnFolder } from './abandoned-files.ts';
import { carryOut } from './carry-out.ts';
import { checkCopies } from './copies.ts';
import { namesIn } from './files-on-disk.ts';
import { type CollectionProgress, Pace } from './pace.ts';
import { packFolderOf } from './pack-folder.ts';
import { makePlan, type Plan, type PlanOptions } from './plan.ts';
import { planRefRemoval, type RefRemoval, removeRefs } from './ref-removal.ts';
import { isSameSnapshot, snapshotRefs } from './roots.ts';
import type { Collected } from './survey.ts';

export type { CollectionProgress } from './pace.ts';

export interface CollectionOptions {
  /**
   * Full names of refs that are to go: only what they alone lead to is dropped, whatever its age. Without it,
   * everything is dropped that no ref leads to and that is older than the grace period.
   */
  readonly removing?: readonly string[];
  /**
   * Milliseconds; an hour when not given. What is younger stays, with all that it leads to, because a Git process
   * may be about to give it a ref. It does not matter for what `removing` drops.
   */
  readonly graceMs?: number;
  readonly now?: Date;
}

export interface CollectOptions extends CollectionOptions {
  /** How long to wait for writers, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CollectionProgress) => void;
}

export interface CollectionResult {
  /** Bytes of all files before, less those after; what lies in the folder `cairn` does not count. */
  readonly freed: number;
  /** Objects that the repository does not have any more. */
  readonly objects: number;
  readonly packsDropped: number;
  readonly packsRewritten: number;
  /** Files of loose objects. */
  readonly looseDropped: number;
  /** Files of writers that ended before they were done. */
  readonly leftovers: number;
}

/** How long unused objects stay when nothing else is said: no push and no commit takes longer from its objects to its ref. */
const GRACE_MS = 60 * 60 * 1000;

/**
 * What {@link collectGarbage} would do, to the byte, as long as nothing changes. Reads only, and does not wait for
 * writers. Throws `damaged` when an object that a staying ref leads to is missing or unreadable, `not-found` for a
 * ref in `removing` that is not there.
 */
export async function planCollection(
  repository: Collected,
  options: CollectionOptions = {},
): Promise<CollectionResult> {
  const { gitDir } = repository;
  try {
    const isAlone = listLeases(join(gitDir, 'cairn')).every(({ state }) => state === 'dead');
    const removal = removalOf(repository, options);
    return resultOf(await plannedCollection(repository, planOptions(options, removal, isAlone)), removal);
  } catch (error) {
    throw translated(error, `plan a collection of garbage in ${gitDir}`);
  }
}

/**
 * Drops what is not needed any more and, with `removing`, first deletes those refs. Alone in the repository, as
 * far as Cairn goes; a Git process at the same time is what the grace period is for.
 *
 * Leaves alone packs with a `.keep` file. Packs of a partial clone (`.promisor`) stay such packs when they are written
 * anew, and in them what promises that something missing can be had.
 *
 * Throws what {@link planCollection} throws, `locked` when a writer did not end in time or a push is under way,
 * `conflict` when a ref moved; nothing has been deleted then. `cancelled`, `failed` and
 * the disk's errors can leave a part undone, which a later collection does.
 */
export async function collectGarbage(
  repository: Collected,
  options: CollectOptions,
): Promise<CollectionResult> {
  const { gitDir, objects } = repository;
  const lease = await acquireExclusive(join(gitDir, 'cairn'), { ...options, purpose: 'collect garbage' });
  try {
    const removal = removalOf(repository, options);
    const plan = await planAndRemoveRefs(repository, removal, options);
    await carryOut(gitDir, plan, new Pace(options));
    if (removal === null) sweepOwnFolder(gitDir, options.now ?? new Date());
    objects.refresh();
    return resultOf(plan, removal);
  } catch (error) {
    throw translated(error, `collect garbage in ${gitDir}`);
  } finally {
    lease.release();
  }
}

/** Deletes the refs between planning and doing; should others have moved meanwhile, what to do is planned anew. */
async function planAndRemoveRefs(
  repository: Collected,
  removal: RefRemoval | null,
  options: CollectOptions,
): Promise<Plan> {
  const forPlan = planOptions(options, removal, true);
  const plan = await plannedCollection(repository, forPlan);
  checkCopies(plan);
  if (removal === null) return plan;
  await removeRefs(repository.gitDir, removal, options);
  try {
    if (isSameSnapshot(plan.refs, snapshotRefs(repository.gitDir))) return plan;
    const otherPlan = await plannedCollection(repository, { ...forPlan, areDeleted: true });
    checkCopies(otherPlan);
    return otherPlan;
  } catch (cause) {
    const names = [...removal.refs.keys()].join(', ');
    const { message } = translated(cause, 'plan again');
    throw new StoreError(
      'failed',
      `${names}: deleted, but what was to go with it is still there: ${message}`,
      {
        hint: 'collect garbage later',
        cause,
      },
    );
  }
}

function removalOf({ gitDir }: Collected, { removing }: CollectionOptions): RefRemoval | null {
  return removing === undefined ? null : planRefRemoval(gitDir, removing, snapshotRefs(gitDir));
}

function planOptions(
  options: CollectionOptions & Partial<CollectOptions>,
  removal: RefRemoval | null,
  isAlone: boolean,
): PlanOptions {
  const { graceMs = GRACE_MS, now = new Date() } = options;
  // Without a grace period nothing is young, whatever the clocks of file systems say.
  const isYoung = (modifiedMs: number) => graceMs > 0 && modifiedMs > now.getTime() - graceMs;
  return { removed: removal?.refs ?? null, isYoung, now, isAlone, pace: new Pace(options) };
}

/** How often a plan is made again when packs come and go meanwhile, as under `git gc`. */
const PLAN_ATTEMPTS = 4;

function plannedCollection(repository: Collected, options: PlanOptions): Promise<Plan> {
  return planSteadily(repository, () => makePlan(repository, options));
}

/** Plans anew while packs come and go. */
export async function planSteadily(repository: Collected, makeOne: () => Promise<Plan>): Promise<Plan> {
  const packNames = () => namesIn(packFolderOf(repository.gitDir)).join();
  for (let attempt = 1; ; attempt++) {
    const before = packNames();
    try {
      return await makeOne();
    } catch (error) {
      const isOver = error instanceof StoreError && ['cancelled', 'locked'].includes(error.code);
      if (isOver || attempt === PLAN_ATTEMPTS || before === packNames()) throw error;
    }
  }
}

export function resultOf(plan: Plan, removal: RefRemoval | null): CollectionResult {
  const { verdicts } = plan.judgement;
  const packsDropped = verdicts.filter(({ home }) => home === 0).length;
  return {
    freed: plan.freed + (removal?.freed ?? 0),
    objects: plan.objects,
    packsDropped,
    packsRewritten: verdicts.length - packsDropped,
    looseDropped: plan.loose.length,
    leftovers: plan.leftovers.reduce(
      (sum, { files }) => sum + files,
      plan.abandoned.length + plan.marks.length,
    ),
  };
}
