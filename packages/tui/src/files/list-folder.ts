import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What stands in a folder. */
export interface FolderEntry {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Links are what they lead to; `other` is what cannot be stored, or not be looked at. */
  readonly kind: 'folder' | 'file' | 'other';
  /** Bytes of a file; 0 for anything else. */
  readonly size: number;
  readonly modifiedAt: string;
}

/** Entries that are listed at most: nobody picks from more. */
const ENTRIES_MAX = 50_000;

/** Entries looked at together. */
const BATCH = 64;

/** The entries of a folder, in no order. Throws what the system says when it cannot be read. */
export async function listFolder(folder: string, signal: AbortSignal): Promise<FolderEntry[]> {
  const names = (await readdir(folder)).slice(0, ENTRIES_MAX);
  const entries: FolderEntry[] = [];
  for (let at = 0; at < names.length && !signal.aborted; at += BATCH) {
    const batch = names.slice(at, at + BATCH);
    entries.push(...(await Promise.all(batch.map((name) => entryOf(folder, name)))));
  }
  return entries;
}

async function entryOf(folder: string, name: string): Promise<FolderEntry> {
  const path = join(folder, name);
  const status = await stat(path).catch(() => null);
  const kind = status?.isDirectory() ? 'folder' : status?.isFile() ? 'file' : 'other';
  const size = status?.isFile() ? status.size : 0;
  return { name, path, kind, size, modifiedAt: (status?.mtime ?? new Date(0)).toISOString() };
}
