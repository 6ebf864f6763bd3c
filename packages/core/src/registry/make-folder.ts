import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';

/**
 * Makes a folder and those that are missing above it, and gives the topmost that was made; `null` when all were
 * there, which is as good. Node's own recursive `mkdir` says of a read-only disk that there is no such folder.
 */
export async function makeFolder(path: string): Promise<string | null> {
  try {
    return await makeOne(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const topmost = await makeFolder(dirname(path));
  try {
    const made = await makeOne(path);
    return topmost ?? made;
  } catch (error) {
    if (topmost !== null) await removeEmpty(dirname(path), topmost);
    throw error;
  }
}

/** Runs what needs a folder. When that fails, the folders that had to be made for it go again, if they are empty. */
export async function withFolder<T>(path: string, work: () => Promise<T>): Promise<T> {
  const topmost = await makeFolder(path);
  try {
    return await work();
  } catch (error) {
    if (topmost !== null) await removeEmpty(path, topmost);
    throw error;
  }
}

async function makeOne(path: string): Promise<string | null> {
  try {
    await mkdir(path);
    return path;
  } catch (error) {
    if (await isFolder(path)) return null;
    throw systemCode(error) === 'EEXIST' ? inTheWay(path, error) : error;
  }
}

function inTheWay(path: string, cause: unknown): CairnError {
  return new CairnError('exists', `${path} is a file, and a folder is needed there`, {
    hint: 'move it away, then try again',
    data: { path },
    cause,
  });
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => null);
  return status?.isDirectory() ?? false;
}

async function removeEmpty(path: string, topmost: string): Promise<void> {
  try {
    await rmdir(path);
    if (path !== topmost) await removeEmpty(dirname(path), topmost);
  } catch {
    // Somebody has put something there meanwhile, or taken the folder away: it is theirs.
  }
}
