import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { translated } from '../errors.ts';
import { entryAt, isAbsence } from './bounded.ts';
import { removeIfThere } from './durable.ts';
import { isFree, readHolder } from './lock.ts';

export interface AbandonedOptions {
  readonly now: Date;
  /** Looks at locks only, and at temporary files with their suffix: in this folder any other name is somebody's. */
  readonly locksOnly?: boolean;
}

/**
 * Files in a folder, not below it, that processes have left which ended before they were done: locks and temporary
 * files of owners that are dead, and temporary files that name no owner and are too old to be still in use. Removes
 * nothing.
 */
export function findAbandoned(folder: string, options: AbandonedOptions): string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.lock') || (!options.locksOnly && TEMPORARY.test(name)))
    .map((name) => join(folder, name))
    .filter((path) => isAbandoned(path, options));
}

/** Removes what {@link findAbandoned} has found, unless someone has taken its place. */
export function removeAbandoned(path: string): void {
  if (readHolder(path)?.state === 'dead') isFree(path);
  else if (TEMPORARY.test(path)) removeIfThere(path);
}

/** Both in one. */
export function sweepAbandoned(folder: string, options: AbandonedOptions): void {
  for (const path of findAbandoned(folder, options)) removeAbandoned(path);
}

/** What `temporaryPath` makes, and the guards of those who remove locks. */
const TEMPORARY = /(?:^|[\\/])tmp_[0-9a-f]{16}(?:(?:\.break)?\.lock)?$/;

/**
 * How long a temporary file that names no owner is taken for one in use, milliseconds: it is written, forced to the
 * disk and renamed in one go.
 */
const UNOWNED_LIFE_MS = 60_000;

function isAbandoned(path: string, { now }: AbandonedOptions): boolean {
  const entry = entryAt(path);
  if (!entry?.isFile()) return false;
  const holder = readHolder(path);
  if (holder === null || holder.state === 'alive') return false;
  if (holder.state === 'dead') return true;
  return TEMPORARY.test(path) && entry.mtimeMs < now.getTime() - UNOWNED_LIFE_MS;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw translated(error, `list ${folder}`);
  }
}
