import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readHolder } from '../files/lock.ts';
import type { OwnerState } from '../files/owner.ts';

/** A lock file that stands somewhere. */
export interface StandingLock {
  readonly path: string;
  /** Of the process that holds it; `unknown` for Git's own locks. */
  readonly state: OwnerState;
  readonly ageMs: number;
}

/** Every lock file in a repository or another folder, whoever holds it; objects are not looked through. */
export function listLocks(folder: string): StandingLock[] {
  return [folder, join(folder, 'refs'), join(folder, 'cairn')].flatMap((place) =>
    filesIn(place, place !== folder)
      .filter((path) => path.endsWith('.lock'))
      .flatMap(standingLock),
  );
}

/** Temporary files among the objects: of writers at work, or of some that ended early. */
export function findLeftovers(gitDir: string): { readonly count: number; readonly bytes: number } {
  const objects = join(gitDir, 'objects');
  const folders = [objects, ...readdirSync(objects).map((name) => join(objects, name))];
  const sizes = folders
    .flatMap((folder) => filesIn(folder, false))
    .filter((path) => /[\\/]tmp_[^\\/]*$/.test(path))
    .map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function standingLock(path: string): StandingLock[] {
  const holder = readHolder(path);
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return holder && since !== undefined ? [{ path, state: holder.state, ageMs: Date.now() - since }] : [];
}

function filesIn(folder: string, recursive: boolean): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    // Not by `readdirSync`, which would follow links out of the repository, or round in circles.
    return recursive && entry.isDirectory() ? filesIn(path, recursive) : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
