import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError, systemCode, translated } from '../errors.ts';
import { entryAt } from '../files/bounded.ts';
import { syncFolder } from '../files/durable.ts';

/** Where the file of a loose ref stands, or would. The name must be a ref name, or `HEAD`. */
export function refPath(gitDir: string, name: string): string {
  return join(gitDir, ...name.split('/'));
}

/**
 * Whether the folder that a ref's file would stand in is there. Throws `hostile` when a symbolic link is on
 * the way, which would lead reads and writes elsewhere.
 */
export function hasRefFolder(gitDir: string, name: string): boolean {
  return foldersOf(gitDir, name).every((folder) => isPlainFolder(folder));
}

/** Makes the folders of a ref's file. Throws `conflict` when one of them is the file of another ref. */
export function makeRefFolder(gitDir: string, name: string): void {
  for (const folder of foldersOf(gitDir, name)) {
    if (!isPlainFolder(folder)) makeFolder(folder, name);
  }
}

/** Removes the folders that a ref has left empty; `refs` and those in it, such as `refs/tags`, stay. */
export function removeEmptyParents(gitDir: string, name: string): void {
  const removable = foldersOf(gitDir, name).slice(FOLDERS_KEPT);
  for (const folder of removable.reverse()) {
    if (!removedIfEmpty(folder)) return;
  }
}

/** Makes way for a ref where only empty folders stand; says whether the way is free. */
export function removeEmptyTree(path: string): boolean {
  const entry = entryAt(path);
  if (entry === null || entry.isFile()) return true;
  if (!entry.isDirectory()) return false;
  for (const child of readdirSync(path, { withFileTypes: true })) {
    if (!child.isDirectory() || !removeEmptyTree(join(path, child.name))) return false;
  }
  return removedIfEmpty(path);
}

/** `refs`, and the first folder below it. */
const FOLDERS_KEPT = 2;

/** From `refs` downwards. */
function foldersOf(gitDir: string, name: string): string[] {
  const folders = name.split('/').slice(0, -1);
  return folders.map((_, index) => join(gitDir, ...folders.slice(0, index + 1)));
}

function isPlainFolder(path: string): boolean {
  const entry = entryAt(path);
  if (entry?.isSymbolicLink()) {
    throw new StoreError('hostile', `${path}: expected a folder of refs, got a symbolic link`);
  }
  return entry?.isDirectory() ?? false;
}

function makeFolder(folder: string, name: string): void {
  try {
    mkdirSync(folder);
    syncFolder(dirname(folder));
  } catch (error) {
    if (entryAt(folder)?.isFile()) {
      throw new StoreError('conflict', `${name} cannot be created: ${folder} is a ref`, { data: { name } });
    }
    // Another process has made it, or removed the empty folder above it: the caller comes again.
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'EEXIST')
      throw translated(error, `create ${folder}`);
  }
}

function removedIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
