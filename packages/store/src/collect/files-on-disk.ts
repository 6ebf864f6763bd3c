import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { translated } from '../errors.ts';
import { entryAt, isAbsence } from '../files/bounded.ts';
import { removeIfThere } from '../files/durable.ts';

/** A file, or with its size being that of everything in it, a folder. */
export interface FileOnDisk {
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
  /** Bytes. */
  readonly size: number;
  /** Of a folder, when something in it was modified last. */
  readonly modifiedMs: number;
  /** 1, or the number of files in a folder. */
  readonly files: number;
}

/** Names in a folder, sorted; none when it is not there. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isAbsence(error)) return [];
    throw translated(error, `list ${folder}`);
  }
}

/** The regular files of a folder whose names pass. */
export function filesIn(folder: string, isMeant: (name: string) => boolean = () => true): FileOnDisk[] {
  return namesIn(folder).flatMap((name) => {
    const file = isMeant(name) ? fileAt(folder, name) : null;
    return file === null ? [] : [file];
  });
}

/** A regular file; null when there is none. A link is none: removing what it leads to is not this one's business. */
export function fileAt(folder: string, name: string): FileOnDisk | null {
  const path = join(folder, name);
  const entry = entryAt(path);
  if (!entry?.isFile()) return null;
  return { name, path, isFolder: false, size: entry.size, modifiedMs: entry.mtimeMs, files: 1 };
}

/** A folder with everything in it, as deep as it goes; null when there is none. */
export function folderAt(folder: string, name: string): FileOnDisk | null {
  const path = join(folder, name);
  const entry = entryAt(path);
  if (!entry?.isDirectory()) return null;
  const inside = namesIn(path).flatMap((child) => fileAt(path, child) ?? folderAt(path, child) ?? []);
  return {
    name,
    path,
    isFolder: true,
    size: totalSize(inside),
    modifiedMs: inside.reduce((latest, { modifiedMs }) => Math.max(latest, modifiedMs), entry.mtimeMs),
    files: inside.reduce((sum, { files }) => sum + files, 0),
  };
}

export function totalSize(files: Iterable<FileOnDisk>): number {
  let size = 0;
  for (const file of files) size += file.size;
  return size;
}

/** Removes files one after another, and folders with all that is in them; what is gone already is no error. */
export function removeFiles(files: readonly FileOnDisk[]): void {
  for (const { path, isFolder } of files) {
    if (isFolder) removeFolder(path);
    else removeIfThere(path);
  }
}

function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw translated(error, `remove ${path}`);
  }
}
