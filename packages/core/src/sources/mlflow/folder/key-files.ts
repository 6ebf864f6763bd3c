import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@cairn/store';
import { KEYS_MAX } from '../run-store.ts';

/** Longest value of a param or a tag that is read, bytes; MLflow writes at most 8,000 characters of its own accord. */
const VALUE_SIZE_MAX = 256 * 1024;

/** Deepest nesting of a key with slashes in it, each of which makes a folder. */
const DEPTH_MAX = 32;

/** The files of a folder whose paths are keys, such as `loss/train`, by key; none when there is no such folder. */
export function keyFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  gather(folder, '', { files, depth: 0 });
  return files;
}

/** What stands in the files of a folder, by key. */
export function readKeys(folder: string): Record<string, string> {
  const values: [string, string][] = [];
  for (const [key, path] of keyFiles(folder)) {
    const value = readValue(path);
    if (value !== null) values.push([key, value]);
  }
  return Object.fromEntries(values);
}

/** The text of a small file; `null` when there is none, or more than a value has. */
export function readValue(path: string): string | null {
  return readLimited(path, VALUE_SIZE_MAX, () => null);
}

/** The text of a file of at most so many bytes, what `tooLong` gives or throws for a longer one, `null` for none. */
export function readLimited(path: string, sizeMax: number, tooLong: (size: number) => null): string | null {
  // Most runs lack most files, and an exception costs more than all else that is done for a run.
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status?.isFile()) return null;
  return status.size > sizeMax ? tooLong(status.size) : readFileSync(path, 'utf8');
}

/** The entries of a folder; none when there is no such folder. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

interface Gathering {
  readonly files: Map<string, string>;
  readonly depth: number;
}

/** Links are not followed: MLflow makes none, and they could lead anywhere. */
function gather(folder: string, prefix: string, { files, depth }: Gathering): void {
  for (const entry of entriesOf(folder)) {
    if (files.size >= KEYS_MAX) return;
    const path = join(folder, entry.name);
    const key = `${prefix}${entry.name}`;
    if (entry.isFile()) files.set(key, path);
    else if (entry.isDirectory() && depth < DEPTH_MAX) gather(path, `${key}/`, { files, depth: depth + 1 });
  }
}
