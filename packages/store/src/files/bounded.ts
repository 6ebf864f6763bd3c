import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { StoreError, systemCode, translated } from '../errors.ts';

/**
 * Reads a small regular file of a repository; null when there is none. What is not a regular file, or leads
 * elsewhere by a symbolic link, is `hostile` (a pipe would block the reader for good); what is longer than
 * `sizeMax` bytes is `damaged`.
 */
export function readBounded(path: string, sizeMax: number): Buffer | null {
  const stats = entryAt(path);
  if (stats === null || stats.isDirectory()) return null;
  if (!stats.isFile())
    throw new StoreError('hostile', `${path}: expected a regular file, got ${kindOf(stats)}`);
  if (stats.size > sizeMax) {
    throw new StoreError('damaged', `${path}: expected at most ${sizeMax} bytes, got ${stats.size}`);
  }
  return readIfThere(path);
}

/** What stands at a path, without following a link; null when nothing does. */
export function entryAt(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw translated(error, `read ${path}`);
  }
}

/** Whether a file-system error says that there is nothing at the path. */
export function isAbsence(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw translated(error, `read ${path}`);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  return stats.isFIFO() ? 'a pipe' : 'a device or socket';
}
