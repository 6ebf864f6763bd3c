import { rmdirSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { removeAbandoned } from '../files/abandoned.ts';
import { syncFolder } from '../files/durable.ts';
import { copyEntries } from '../pack/copy-entries.ts';
import type { CopyPlan } from '../pack/copy-plan.ts';
import { type FinishedPack, PackWriter } from '../pack/pack-writer.ts';
import { type FileOnDisk, removeFiles } from './files-on-disk.ts';
import type { Pace } from './pace.ts';
import { packFolderOf } from './pack-folder.ts';
import type { Plan } from './plan.ts';
import { writeShallow } from './shallow-file.ts';
import type { SurveyedPack } from './survey.ts';
import { copyFor, type Verdict } from './verdicts.ts';

/**
 * Does what was planned, in an order in which a crash at any point leaves every living object where Git and
 * Cairn find it: what was computed from the packs goes first, a new pack is durable before the old one goes,
 * and whole packs go before others are written, so that a full disk has room again.
 */
export async function carryOut(gitDir: string, plan: Plan, pace: Pace): Promise<void> {
  const packFolder = packFolderOf(gitDir);
  removeFiles(plan.derived);
  for (const folder of new Set(plan.derived.map(({ path }) => dirname(path)))) syncFolder(folder);
  // Before anything is written: what a crash left of a pack has the name that the pack will have.
  removeFiles(plan.leftovers);
  for (const { path } of plan.abandoned) removeAbandoned(path);
  removeFiles(plan.marks);
  removeLoose(plan.loose);
  const verdicts = plan.judgement.verdicts.toSorted((one, other) => one.newSize - other.newSize);
  const total = verdicts.reduce((sum, { pack }) => sum + pack.disk.size, 0);
  let done = 0;
  for (const verdict of verdicts) {
    carryOutVerdict(packFolder, verdict, plan);
    done += verdict.pack.disk.size;
    await pace.pause({ phase: 'removing', done, total });
  }
  if (plan.shallow !== null) writeShallow(gitDir, plan.shallow);
}

function carryOutVerdict(packFolder: string, verdict: Verdict, plan: Plan): void {
  const { isPromisor } = verdict.pack.disk;
  const written =
    verdict.home === 0 ? null : writePack(packFolder, copyFor(verdict, plan.survey.table), { isPromisor });
  if (written !== null) setAge(written, verdict.pack.disk.modifiedMs);
  removePack(verdict.pack, written);
}

/** Writes a pack by plan, whole or not at all. What was promised stays apart from what was made here. */
export function writePack(
  packFolder: string,
  copy: CopyPlan,
  { isPromisor }: { readonly isPromisor: boolean },
): FinishedPack | null {
  const writer = PackWriter.create(packFolder, { count: copy.steps.length, isPromisor });
  try {
    copyEntries(copy, writer);
    return writer.finish();
  } finally {
    writer.abort();
  }
}

/**
 * Gives a pack the age of what it was made from: nothing in it is younger, and it would otherwise be out of
 * reach of the next collection for the grace period.
 */
export function setAge({ path }: FinishedPack, modifiedMs: number): void {
  try {
    utimesSync(`${path}.pack`, new Date(), new Date(modifiedMs));
  } catch {
    // The pack then only counts as younger than it is.
  }
}

/** Removes the files of a pack, unless the one that was made from it has come out the same. */
export function removePack({ file, disk }: SurveyedPack, written: FinishedPack | null): void {
  if (written?.path === file.path) return;
  removeFiles(disk.filesToRemove());
}

function removeLoose(files: readonly FileOnDisk[]): void {
  removeFiles(files);
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) {
    try {
      rmdirSync(folder);
    } catch {
      // It holds other objects.
    }
  }
}
