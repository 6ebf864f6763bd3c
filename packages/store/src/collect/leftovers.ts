import { join } from 'node:path';
import { type FileOnDisk, fileAt, filesIn, folderAt, namesIn } from './files-on-disk.ts';
import { looseFiles } from './loose-files.ts';
import { type PackOnDisk, packFolderOf } from './pack-folder.ts';

export interface LeftoverOptions {
  readonly isOld: (modifiedMs: number) => boolean;
  /** No writer of Cairn is at work: what one has left in the folder of packs needs not be old. */
  readonly isAlone: boolean;
}

/** Files of writers that ended before they were done, Git's and Cairn's. */
export function findLeftovers(
  gitDir: string,
  incomplete: readonly PackOnDisk[],
  { isOld, isAlone }: LeftoverOptions,
): FileOnDisk[] {
  const isOver = (file: FileOnDisk) => isOld(file.modifiedMs) || (isAlone && isOfCairn(file.name));
  return [
    ...filesIn(packFolderOf(gitDir), isTemporary).filter(isOver),
    ...[...temporaryInObjects(gitDir), ...brokenPacks(incomplete)].filter(({ modifiedMs }) =>
      isOld(modifiedMs),
    ),
  ];
}

/** Git's folders for what a push has brought and nobody has looked at yet. */
export function findQuarantines(gitDir: string): FileOnDisk[] {
  const objects = join(gitDir, 'objects');
  const names = namesIn(objects).filter((name) => /^(?:tmp_objdir-)?incoming-/.test(name));
  return names.flatMap((name) => folderAt(objects, name) ?? []);
}

/** `git repack` writes its packs under the second kind of name. */
function isTemporary(name: string): boolean {
  return name.startsWith('tmp_') || name.startsWith('.tmp-');
}

/** The temporary names of Cairn end in 16 hex digits, perhaps after a label of 12; those of Git in six characters. */
function isOfCairn(name: string): boolean {
  return /^tmp_(?:(?:pack|idx)_)?(?:[0-9a-f]{12})?[0-9a-f]{16}$/.test(name);
}

function temporaryInObjects(gitDir: string): FileOnDisk[] {
  const objects = join(gitDir, 'objects');
  const found = namesIn(objects)
    .filter(isTemporary)
    .flatMap((name) => fileAt(objects, name) ?? folderAt(objects, name) ?? []);
  for (const { folder, name, id } of looseFiles(gitDir)) {
    const file = id === null && isTemporary(name) ? fileAt(folder, name) : null;
    if (file !== null) found.push(file);
  }
  return found;
}

/** A pack whose index has not come, or has gone. Whoever fetches it may have marked it to be kept. */
function brokenPacks(incomplete: readonly PackOnDisk[]): FileOnDisk[] {
  return incomplete
    .filter(({ isKept }) => !isKept)
    .flatMap((pack) => {
      const files = [...pack.files.values()];
      const modifiedMs = files.reduce((latest, file) => Math.max(latest, file.modifiedMs), 0);
      return files.map((file) => ({ ...file, modifiedMs }));
    });
}
