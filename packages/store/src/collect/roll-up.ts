import { join } from 'node:path';
import { StoreError, translated } from '../errors.ts';
import { syncFolder } from '../files/durable.ts';
import { acquireLease, type Lease } from '../files/lease.ts';
import { tryLock } from '../files/lock.ts';
import { type CopyPlan, planCopy } from '../pack/copy-plan.ts';
import { PACK_SIZE_MAX } from '../pack/limits.ts';
import { removePack, setAge, writePack } from './carry-out.ts';
import { filesAboutPacks } from './derived-files.ts';
import { namesIn, removeFiles } from './files-on-disk.ts';
import { type PackOnDisk, packFolderOf, packsOnDisk } from './pack-folder.ts';
import type { Collected, SurveyedPack } from './survey.ts';

/** So many small packs may lie side by side: an object is looked for in each of them. */
export const ROLL_UP_FROM = 20;

/** Bytes from which a pack is not small any more: 8 MiB, so that one roll-up copies 21 times that at most. */
const SMALL_PACK_SIZE = 8 * 1024 * 1024;

/** Of two neighbours by size, the larger must be this many times the smaller for both to stay. */
const GROWTH = 2;

export interface RollUp {
  /** How many packs became one. */
  readonly merged: number;
}

/**
 * Merges small packs into one when there are more than {@link ROLL_UP_FROM}, smallest first and only as many as it
 * takes for the sizes of the rest to double from pack to pack. An object is copied only into a pack of at least
 * one and a half times the size, so O(log n) times in all. In a partial clone, those that were fetched become one that
 * is marked as such, as `git repack` does it.
 *
 * Drops no object. Runs beside readers and writers; skips its turn, merging nothing, while a collector or another
 * roll-up is at work. Throws `damaged` for a pack that is, and what the disk says; nothing is lost then.
 */
export async function rollUp(repository: Collected): Promise<RollUp> {
  const packFolder = packFolderOf(repository.gitDir);
  const count = namesIn(packFolder).filter((name) => name.endsWith('.idx')).length;
  try {
    if (count <= ROLL_UP_FROM || !kinds(packFolder).some(hasMany)) return { merged: 0 };
    return (await alone(repository.gitDir, () => mergeKinds(repository, packFolder))) ?? { merged: 0 };
  } catch (error) {
    throw translated(error, `roll up the packs of ${repository.gitDir}`);
  }
}

/** Null when another process is at work that this one must not meet. */
async function alone<T>(gitDir: string, work: () => T): Promise<T | null> {
  const folder = join(gitDir, 'cairn');
  const lease = await leaseNow(folder);
  try {
    const lock = lease && tryLock(join(folder, 'roll-up'), 'roll up small packs');
    if (!lock) return null;
    try {
      return work();
    } finally {
      lock.release();
    }
  } finally {
    lease?.release();
  }
}

async function leaseNow(folder: string): Promise<Lease | null> {
  try {
    return await acquireLease(folder, { purpose: 'roll up small packs', timeoutMs: 0 });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'locked') return null;
    throw error;
  }
}

/** Small packs that may become one: those that were made here, and those that were fetched into a partial clone. */
function kinds(packFolder: string): readonly (readonly PackOnDisk[])[] {
  const small = [...packsOnDisk(packFolder).values()].filter(isSmall);
  return [small.filter(({ isPromisor }) => !isPromisor), small.filter(({ isPromisor }) => isPromisor)];
}

function hasMany(packs: readonly PackOnDisk[]): boolean {
  return packs.length > ROLL_UP_FROM;
}

/** Packs of what no ref leads to (`.mtimes`) know the age of each object, which would be lost. */
function isSmall(pack: PackOnDisk): boolean {
  const { isComplete, isKept, files } = pack;
  return isComplete && !isKept && !files.has('mtimes') && sizeOf(pack) < SMALL_PACK_SIZE;
}

function sizeOf({ files }: PackOnDisk): number {
  return files.get('pack')?.size ?? 0;
}

function mergeKinds(repository: Collected, packFolder: string): RollUp {
  // Listed once more, now that nobody else merges: the packs seen before may be one already.
  const merged = kinds(packFolder).map((packs) => mergeSmall(repository, packFolder, outOfStep(packs)));
  return { merged: merged.reduce((sum, count) => sum + count, 0) };
}

function mergeSmall(
  { gitDir, objects }: Collected,
  packFolder: string,
  small: readonly PackOnDisk[],
): number {
  const chosen = new Map(small.map((disk) => [disk.name, disk]));
  objects.refresh();
  const packs = objects.packs().flatMap((file): SurveyedPack[] => {
    const disk = chosen.get(file.name);
    return disk === undefined ? [] : [{ file, disk }];
  });
  if (packs.length < 2) return 0;
  const isPromisor = packs.every(({ disk }) => disk.isPromisor);
  const written = writePack(packFolder, copyOf(packs), { isPromisor });
  // Of one that was there already, someone may have made use since.
  const isNew = !objects.packs().some(({ path }) => path === written?.path);
  if (written !== null && isNew) setAge(written, Math.max(...packs.map(({ disk }) => disk.modifiedMs)));
  removeFiles(filesAboutPacks(gitDir));
  syncFolder(packFolder);
  for (const pack of packs) removePack(pack, written);
  objects.refresh();
  return packs.length;
}

/** The smallest packs, as many as must become one for the others to grow from each to the next. */
function outOfStep(packs: readonly PackOnDisk[]): PackOnDisk[] {
  if (!hasMany(packs)) return [];
  const sorted = packs.toSorted((one, other) => sizeOf(one) - sizeOf(other));
  let end = sorted.length;
  while (end > 1 && sizeOf(sorted[end - 1]!) >= GROWTH * sizeOf(sorted[end - 2]!)) end--;
  if (end === 1) return [];
  let total = 0;
  for (let at = 0; at < sorted.length; at++) {
    const size = sizeOf(sorted[at]!);
    const isInStep = at >= end && size >= GROWTH * total;
    if (isInStep || total + size > PACK_SIZE_MAX) return sorted.slice(0, at);
    total += size;
  }
  return sorted;
}

function copyOf(packs: readonly SurveyedPack[]): CopyPlan {
  return planCopy(
    packs.map(({ file }) => file),
    () => true,
  );
}
