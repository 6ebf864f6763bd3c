import { join } from 'node:path';
import { translated } from '../errors.ts';
import { acquireExclusive, listLeases } from '../files/lease.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { carryOut } from './carry-out.ts';
import { type CollectionResult, planSteadily, resultOf } from './collect.ts';
import { checkCopies } from './copies.ts';
import { filesAboutPacks } from './derived-files.ts';
import { MARK, type ObjectTable } from './object-table.ts';
import { Pace, type PaceOptions } from './pace.ts';
import type { Plan } from './plan.ts';
import { linksFrom } from './promises.ts';
import { checkNoWorkTree, snapshotRefs } from './roots.ts';
import { type Collected, checkPacksStand, type Survey, surveyObjects } from './survey.ts';
import { countGone, judgePacks } from './verdicts.ts';

export interface DropOptions extends PaceOptions {
  /** Blobs that a remote is known to have. */
  readonly ids: ReadonlySet<ObjectId>;
  /** Bytes: what is smaller stays. */
  readonly sizeMin: number;
}

export interface DropNowOptions extends DropOptions {
  /** How long to wait for writers, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * What {@link dropPromised} would do, to the byte, as long as nothing changes. Reads only, and does not wait for
 * writers.
 */
export async function planDrop(repository: Collected, options: DropOptions): Promise<CollectionResult> {
  const { gitDir } = repository;
  try {
    const isAlone = listLeases(join(gitDir, 'cairn')).every(({ state }) => state === 'dead');
    return resultOf(await planSteadily(repository, async () => planFor(repository, options, isAlone)), null);
  } catch (error) {
    throw translated(error, `plan to drop what was fetched into ${gitDir}`);
  }
}

/**
 * Drops blobs of a partial clone that can be fetched again: those of the given ones that were fetched, and that
 * something else that was fetched, and stays, refers to. What was made here stays, and so does every tree and commit.
 * Throws `locked` when a writer did not end in time, `damaged`, and what the disk says.
 */
export async function dropPromised(
  repository: Collected,
  options: DropNowOptions,
): Promise<CollectionResult> {
  const { gitDir, objects } = repository;
  const lease = await acquireExclusive(join(gitDir, 'cairn'), {
    timeoutMs: options.timeoutMs,
    purpose: 'drop what was fetched',
    ...(options.signal && { signal: options.signal }),
  });
  try {
    const plan = await planSteadily(repository, async () => planFor(repository, options, true));
    checkCopies(plan);
    await carryOut(gitDir, plan, new Pace(options));
    objects.refresh();
    return resultOf(plan, null);
  } catch (error) {
    throw translated(error, `drop what was fetched into ${gitDir}`);
  } finally {
    lease.release();
  }
}

function planFor(repository: Collected, options: DropOptions, isAlone: boolean): Plan {
  const { gitDir } = repository;
  checkNoWorkTree(gitDir);
  const survey = surveyObjects(repository, isAlone);
  markDroppable(repository, survey, options);
  const judgement = judgePacks(survey, {
    isDead: (position) => isDroppable(survey.table, position),
    isOpen: ({ disk }) => disk.isPromisor && !disk.isKept,
    dropCopies: false,
    growthMax: 0,
  });
  checkPacksStand(survey);
  const { verdicts } = judgement;
  let objects = 0;
  for (const { pack } of verdicts) objects += countGone(pack.file.index.ids(), survey.table);
  const derived = verdicts.length > 0 ? filesAboutPacks(gitDir) : [];
  const freed =
    verdicts.reduce((sum, { pack, newSize }) => sum + pack.disk.size - newSize, 0) +
    derived.reduce((sum, { size }) => sum + size, 0);
  const nothing = { loose: [], leftovers: [], abandoned: [], marks: [], shallow: null };
  return { refs: snapshotRefs(gitDir), survey, judgement, derived, objects, freed, ...nothing };
}

/** Asked for, and promised by a tree: both, and then it is large enough. */
function isDroppable(table: ObjectTable, position: number): boolean {
  return table.has(position, MARK.doomed) && table.has(position, MARK.promised);
}

function markDroppable(repository: Collected, { packs, table }: Survey, { ids, sizeMin }: DropOptions): void {
  const { objects } = repository;
  for (const id of ids) {
    const position = table.find(id);
    if (position === null || table.has(position, MARK.doomed)) continue;
    const { kind, size } = objects.sizeOf(id);
    if (kind === 'blob' && size >= sizeMin) table.mark(position, MARK.doomed);
  }
  for (const { file } of packs.filter(({ disk }) => disk.isPromisor)) {
    for (const id of file.index.ids()) {
      if (table.has(table.find(id)!, MARK.doomed)) continue;
      for (const link of linksFrom(repository, id)) markPromised(table, link.id);
    }
  }
}

function markPromised(table: ObjectTable, id: ObjectId): void {
  const position = table.find(id);
  if (position !== null) table.mark(position, MARK.promised);
}
