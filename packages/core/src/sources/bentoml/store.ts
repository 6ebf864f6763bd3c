import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '@cairn/store';
import { CairnError } from '../../errors.ts';
import { readSmallText, statusOf } from '../small-text.ts';
import { BENTO_FILE, readBentoFile } from './bento-file.ts';
import { MODEL_FILE, readModelFile } from './model-file.ts';
import { formatTag, isTagPart, type Tag } from './tag.ts';

/** The two stores in BentoML's folder. */
export type StoreKind = 'model' | 'bento';

const FOLDERS: Readonly<Record<StoreKind, string>> = { model: 'models', bento: 'bentos' };

/** The file that makes a folder an item of a store. */
export const FILES: Readonly<Record<StoreKind, string>> = { model: MODEL_FILE, bento: BENTO_FILE };

/** Names or versions looked at in one folder. */
const ENTRIES_MAX = 100_000;

/** Where something of a store lies, whether it is there or not. */
export function itemFolder(home: string, kind: StoreKind, { name, version }: Tag): string {
  return join(home, FOLDERS[kind], name, version);
}

/** Names in a store, sorted; none when there is no store. */
export function namesIn(home: string, kind: StoreKind): Promise<string[]> {
  return tagPartsIn(join(home, FOLDERS[kind]));
}

/** Versions of a name, sorted; none when there are none. Folders that are no items, such as half-written ones, are left out. */
export async function versionsOf(home: string, kind: StoreKind, name: string): Promise<string[]> {
  const versions = await tagPartsIn(join(home, FOLDERS[kind], name));
  const isThere = await Promise.all(versions.map((version) => hasItem(home, kind, { name, version })));
  return versions.filter((_, index) => isThere[index]);
}

/** Whether something is in a store, whole. */
export async function hasItem(home: string, kind: StoreKind, tag: Tag): Promise<boolean> {
  return (await statusOf(join(itemFolder(home, kind, tag), FILES[kind])))?.isFile() ?? false;
}

/**
 * The version that a name alone stands for: the one in the file `latest`, or where that is missing or names none of
 * them, the last that was made. `null` when there are none.
 */
export async function latestOf(home: string, kind: StoreKind, name: string): Promise<string | null> {
  const versions = await versionsOf(home, kind, name);
  const told = await readSmallText(join(home, FOLDERS[kind], name, 'latest'), LATEST_SIZE_MAX);
  const latest = told?.trim() ?? '';
  if (versions.includes(latest)) return latest;
  const times = await Promise.all(versions.map((version) => createdAt(home, kind, { name, version })));
  const newest = versions.map((version, index) => ({ version, time: times[index]! }));
  return newest.sort((a, b) => (a.time < b.time ? 1 : -1))[0]?.version ?? null;
}

/** A version has 63 characters at most. */
const LATEST_SIZE_MAX = 1024;

/** Finds what a name and perhaps a version stand for. Throws `not-found` with what there is. */
export async function findItem(
  home: string,
  kind: StoreKind,
  { name, version }: { readonly name: string; readonly version: string | null },
): Promise<Tag> {
  const wanted = version ?? (await latestOf(home, kind, name));
  if (wanted !== null && (await hasItem(home, kind, { name, version: wanted })))
    return { name, version: wanted };
  const versions = await versionsOf(home, kind, name);
  const missing = wanted === null ? name : formatTag({ name, version: wanted });
  throw new CairnError('not-found', `no ${kind} ${missing} in ${home}`, {
    hint:
      versions.length > 0
        ? `there is ${versions.slice(-SHOWN_MAX).join(', ')}`
        : 'list what there is with `cairn source ls bentoml`, or name another store with --home',
    data: { kind, name, versions },
  });
}

/** Versions named in a message. */
const SHOWN_MAX = 10;

/** '' for what does not say it, or cannot be read, which is older than all that do. */
async function createdAt(home: string, kind: StoreKind, tag: Tag): Promise<string> {
  const folder = itemFolder(home, kind, tag);
  try {
    const item = kind === 'model' ? await readModelFile(folder) : await readBentoFile(folder);
    return item?.createdAt ?? '';
  } catch {
    return '';
  }
}

async function tagPartsIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders
      .flatMap(({ name }) => (isTagPart(name) ? [name] : []))
      .sort()
      .slice(0, ENTRIES_MAX);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
