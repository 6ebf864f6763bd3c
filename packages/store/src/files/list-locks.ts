import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { translated } from '../errors.ts';
import { entryAt, isAbsence } from './bounded.ts';
import { type Holder, readHolder } from './lock.ts';

/** A lock file as it stands on the disk, for whoever looks after a repository. */
export interface LockRecord extends Holder {
  readonly path: string;
  /** Milliseconds since it was taken. */
  readonly ageMs: number;
}

/** Levels of folders that are looked through: refs have few. */
const DEPTH_MAX = 16;

/** Every lock file below a folder, of Cairn and of Git, of the living and the dead; removes nothing. */
export function listLocks(folder: string): LockRecord[] {
  return [...lockFiles(folder, 0)].flatMap((path) => {
    const holder = readHolder(path);
    const since = entryAt(path)?.mtimeMs;
    return holder === null || since === undefined
      ? []
      : [{ path, ...holder, ageMs: Math.max(0, Date.now() - since) }];
  });
}

function* lockFiles(folder: string, depth: number): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    // Objects are never locked, and there may be a great many of them.
    if (entry.isDirectory() && entry.name !== 'objects' && depth < DEPTH_MAX)
      yield* lockFiles(path, depth + 1);
    else if (entry.isFile() && entry.name.endsWith('.lock')) yield path;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw translated(error, `read ${folder}`);
  }
}
