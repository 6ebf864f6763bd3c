import { StoreError } from '../errors.ts';
import { entryAt } from '../files/bounded.ts';
import type { PackFile } from '../pack/pack-file.ts';
import type { Repository } from '../repository/open.ts';
import { looseFiles } from './loose-files.ts';
import { MARK, ObjectTable } from './object-table.ts';
import { type PackOnDisk, packFolderOf, packsOnDisk } from './pack-folder.ts';

/** As much of a repository as a collection needs. */
export type Collected = Pick<Repository, 'gitDir' | 'objects'>;

/** A pack as its reader knows it and as it lies on the disk. */
export interface SurveyedPack {
  readonly file: PackFile;
  readonly disk: PackOnDisk;
}

/** What is there, before anything is known about what is needed. */
export interface Survey {
  readonly packs: readonly SurveyedPack[];
  /** Groups of files that are no whole pack. */
  readonly incomplete: readonly PackOnDisk[];
  readonly table: ObjectTable;
}

/**
 * Lists all objects. Loose ones first: Git packs them before it removes them, so that none is missed on its way.
 * Throws `changed` when packs came or went meanwhile.
 */
export function surveyObjects({ gitDir, objects }: Collected, isAlone: boolean): Survey {
  const table = new ObjectTable();
  for (const { id } of looseFiles(gitDir)) if (id !== null) table.add(id);
  objects.refresh();
  const onDisk = [...packsOnDisk(packFolderOf(gitDir), isAlone).values()];
  const files = new Map(objects.packs().map((file) => [file.name, file]));
  const packs = onDisk
    .filter(({ isComplete }) => isComplete)
    .map((disk) => ({ disk, file: taken(files, disk.name) }));
  const [vanished] = files.keys();
  if (vanished !== undefined) throw changed(vanished);
  table.reserve(packs.reduce((sum, { file }) => sum + file.index.count, 0));
  for (const { file } of packs) for (const id of file.index.ids()) table.add(id);
  for (const { file } of packs.filter(({ disk }) => disk.isPromisor)) {
    for (const id of file.index.ids()) table.mark(table.find(id)!, MARK.fetched);
  }
  return { packs, incomplete: onDisk.filter(({ isComplete }) => !isComplete), table };
}

/** Throws `changed` when a pack has gone since it was listed: Git has repacked, and what was found out is void. */
export function checkPacksStand({ packs }: Survey): void {
  const gone = packs.find(({ file }) => entryAt(file.indexPath) === null);
  if (gone !== undefined) throw changed(gone.file.name);
}

function taken(files: Map<string, PackFile>, name: string): PackFile {
  const file = files.get(name);
  if (file === undefined) throw changed(name);
  files.delete(name);
  return file;
}

function changed(name: string): StoreError {
  return new StoreError('changed', `${name} came or went while the packs were listed`, { hint: 'try again' });
}
