import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { findAbandonedFiles } from './abandoned-files.ts';
import { filesAboutCommits, filesAboutPacks } from './derived-files.ts';
import { type FileOnDisk, fileAt, totalSize } from './files-on-disk.ts';
import { findLeftovers, findQuarantines } from './leftovers.ts';
import { looseFiles } from './loose-files.ts';
import { type MarkOptions, markEverything } from './marking.ts';
import { MARK } from './object-table.ts';
import { packFolderOf, writersMarks } from './pack-folder.ts';
import { keepPromises } from './promises.ts';
import { checkNoWorkTree, type RefSnapshot, snapshotRefs } from './roots.ts';
import { planShallow, type ShallowChange } from './shallow-file.ts';
import { type Collected, checkPacksStand, type Survey, surveyObjects } from './survey.ts';
import { countGone, type Judgement, judgePacks } from './verdicts.ts';

export interface PlanOptions extends MarkOptions {
  /** The refs have been deleted: should one of their names be there again, it is another ref. */
  readonly areDeleted?: boolean;
  readonly now: Date;
  /** No writer of Cairn is at work. */
  readonly isAlone: boolean;
}

/** What a collection will do, step by step, and what comes of it. */
export interface Plan {
  /** The refs that everything here rests on, without those that go. */
  readonly refs: RefSnapshot;
  readonly survey: Survey;
  readonly judgement: Judgement;
  readonly loose: readonly FileOnDisk[];
  readonly derived: readonly FileOnDisk[];
  readonly leftovers: readonly FileOnDisk[];
  /** Locks of the dead, and temporary files beside the refs and the settings. */
  readonly abandoned: readonly FileOnDisk[];
  /** Of writers that ended early. */
  readonly marks: readonly FileOnDisk[];
  readonly shallow: ShallowChange | null;
  readonly objects: number;
  /** Bytes on disk before, less those after. */
  readonly freed: number;
}

/**
 * What is deleted is gone even where a pack grows by it, bytes: 16 MiB, which is 64 of the largest blobs that Git
 * makes deltas of in these repositories (`core.bigFileThreshold=256k`). Other garbage is dropped to free bytes.
 */
const DELETION_GROWTH_MAX = 16 * 1024 * 1024;

/** Decides what goes. Reads only. */
export async function makePlan(repository: Collected, options: PlanOptions): Promise<Plan> {
  const { gitDir } = repository;
  checkNoWorkTree(gitDir);
  if (options.removed !== null) checkNoPush(gitDir, options);
  // Refs before objects: what a writer adds meanwhile is then young, and not missing.
  const refs = refsThatStay(gitDir, options);
  const survey = surveyObjects(repository, options.isAlone);
  await markEverything(repository, { refs, survey }, options);
  const isDead = deathIn(survey, options);
  keepPromises(repository, survey, isDead);
  const judgement = judgePacks(survey, {
    isDead,
    isOpen: ({ disk }) => !disk.isKept && (options.removed !== null || !options.isYoung(disk.modifiedMs)),
    dropCopies: options.removed === null,
    growthMax: options.removed === null ? 0 : DELETION_GROWTH_MAX,
  });
  const loose = deadLoose(gitDir, survey, isDead);
  checkPacksStand(survey);
  return completed(repository, { refs, survey, judgement, ...loose }, options);
}

/** What a push has brought may rest on what is about to go, and the grace period does not hold here. */
function checkNoPush(gitDir: string, { isYoung }: PlanOptions): void {
  const [quarantine] = findQuarantines(gitDir).filter(({ modifiedMs }) => isYoung(modifiedMs));
  if (quarantine === undefined) return;
  throw new StoreError('locked', `${gitDir} is being pushed to: ${quarantine.path}`, {
    hint: 'wait until the push is done; what one has left that was broken off counts for an hour',
    data: { path: quarantine.path },
  });
}

function refsThatStay(gitDir: string, { removed, areDeleted = false }: PlanOptions): RefSnapshot {
  const { refs, head } = snapshotRefs(gitDir);
  if (removed === null || areDeleted) return { refs, head };
  return { refs: new Map([...refs].filter(([name]) => !removed.has(name))), head };
}

function deathIn({ table }: Survey, { removed }: PlanOptions): (position: number) => boolean {
  if (removed === null) return (position) => !table.has(position, MARK.reached);
  return (position) => table.has(position, MARK.doomed) && !table.has(position, MARK.reached);
}

interface DeadLoose {
  readonly loose: readonly FileOnDisk[];
  readonly looseIds: readonly ObjectId[];
}

/** What came after the survey is not in the table, and stays. */
function deadLoose(gitDir: string, { table }: Survey, isDead: (position: number) => boolean): DeadLoose {
  const found: { file: FileOnDisk; id: ObjectId }[] = [];
  for (const { folder, name, id } of looseFiles(gitDir)) {
    const position = id === null ? null : table.find(id);
    if (id === null || position === null || !isDead(position)) continue;
    const file = fileAt(folder, name);
    if (file !== null) found.push({ file, id });
  }
  return { loose: found.map(({ file }) => file), looseIds: found.map(({ id }) => id) };
}

function completed(
  { gitDir }: Collected,
  found: Pick<Plan, 'refs' | 'survey' | 'judgement'> & DeadLoose,
  { removed, isYoung, isAlone, now }: PlanOptions,
): Plan {
  const { survey, judgement, loose, looseIds } = found;
  const { verdicts } = judgement;
  let objects = countGone(looseIds, survey.table);
  for (const { pack } of verdicts) objects += countGone(pack.file.index.ids(), survey.table);
  const derived = [
    ...(verdicts.length > 0 ? filesAboutPacks(gitDir) : []),
    ...(objects > 0 ? filesAboutCommits(gitDir) : []),
  ];
  const isOld = (modifiedMs: number) => !isYoung(modifiedMs);
  const leftovers = removed === null ? findLeftovers(gitDir, survey.incomplete, { isOld, isAlone }) : [];
  const abandoned = removed === null ? findAbandonedFiles(gitDir, now) : [];
  const marks = isAlone ? writersMarks(packFolderOf(gitDir)) : [];
  const shallow = planShallow(gitDir, (id) => isGone(id, survey));
  const freed =
    verdicts.reduce((sum, { pack, newSize }) => sum + pack.disk.size - newSize, 0) +
    totalSize([...loose, ...derived, ...leftovers, ...abandoned, ...marks]) +
    (shallow?.freed ?? 0);
  return { ...found, derived, leftovers, abandoned, marks, shallow, objects, freed };
}

function isGone(id: ObjectId, { table }: Survey): boolean {
  const position = table.find(id);
  return position === null || table.has(position, MARK.counted);
}
