import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { platform } from 'node:process';
import { StoreError, systemCode, translated } from '../errors.ts';

export interface DurableOptions {
  /** Fails with `exists` instead of replacing what stands at the path. */
  readonly exclusive?: boolean;
  /** Permission bits before the umask; 0o666 when not given. */
  readonly mode?: number;
  /** Where the bytes are gathered: in the same folder as the path, see {@link temporaryPath}. */
  readonly temporary?: string;
}

/**
 * Writes a whole file so that the path shows all of the new bytes or none of them, whatever ends the process
 * or the machine: temporary file, fsync, rename, fsync of the folder. Throws a `StoreError`, and leaves no
 * temporary file.
 */
export function writeFileDurably(
  path: string,
  bytes: Uint8Array | string,
  options: DurableOptions = {},
): void {
  const temporary = options.temporary ?? temporaryPath(dirname(path));
  try {
    writeSynced(temporary, bytes, options.mode);
    if (options.exclusive) createFrom(temporary, path);
    else renamePatiently(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw translated(error, `write ${path}`);
  }
}

/** Creates a file, which must not be there, and forces its bytes to the disk. Nothing is left when that fails. */
export function writeSynced(path: string, bytes: Uint8Array | string, mode = 0o666): void {
  const fd = openSync(path, 'wx', mode);
  try {
    writeFileSync(fd, bytes);
    fsyncSync(fd);
  } catch (error) {
    closeSync(fd);
    rmSync(path, { force: true });
    throw error;
  }
  closeSync(fd);
}

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** Renames a file whose bytes are on the disk already over another path, and makes the new name durable. */
export function replaceDurably(from: string, to: string): void {
  replaceAllDurably([{ from, to }]);
}

/** The same for several files, whose new names are all in one folder. Ends at the first that fails. */
export function replaceAllDurably(renamings: readonly Renaming[]): void {
  let doing = 'rename files';
  try {
    for (const { from, to } of renamings) {
      doing = `rename ${from} to ${to}`;
      renamePatiently(from, to);
    }
    const [first] = renamings;
    if (first) syncFolder(dirname(first.to));
  } catch (error) {
    throw translated(error, doing);
  }
}

/**
 * Gives a file its final name unless that name is taken, and says whether it did. The old name is gone
 * afterwards either way. The content appears whole, because a hard link is made; on file systems without hard
 * links the name stands for an instant on an empty file.
 */
export function placeNew(from: string, to: string): boolean {
  try {
    return linkNew(from, to) ?? reserveAndRename(from, to);
  } finally {
    removeIfThere(from);
  }
}

/** Makes the names in a folder durable. Does nothing where folders cannot be synced, as on Windows. */
export function syncFolder(path: string): void {
  if (platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!UNSYNCABLE.has(systemCode(error) ?? '')) throw error;
  } finally {
    closeSync(fd);
  }
}

/** What network and user-space file systems answer to the fsync of a folder. */
const UNSYNCABLE: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS', 'EISDIR']);

export interface TemporaryName {
  /** Git sweeps what begins with `tmp_` in `objects` and `objects/pack`, and `tmp_obj_` in `objects/xx`. */
  readonly prefix?: string;
  /** Below `refs`, `.lock`: Git takes any other file there for a ref. */
  readonly suffix?: string;
}

/** A fresh name for a file on its way to another name in the same folder. */
export function temporaryPath(folder: string, { prefix = 'tmp_', suffix = '' }: TemporaryName = {}): string {
  return join(folder, `${prefix}${randomBytes(8).toString('hex')}${suffix}`);
}

/** Removes a file, and says whether there was one. */
export function removeIfThere(path: string): boolean {
  try {
    patiently(() => unlinkSync(path));
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw translated(error, `remove ${path}`);
  }
}

/** The same, and gives its bytes back at once although a thread that flushes it has it open still. */
export function emptyAndRemove(path: string): void {
  try {
    truncateSync(path);
  } catch {
    // They only go later.
  }
  removeIfThere(path);
}

function createFrom(temporary: string, path: string): void {
  if (!placeNew(temporary, path)) throw new StoreError('exists', `write ${path}: it exists already`);
}

/** True when linked, false when the name is taken, null when this file system cannot tell. */
function linkNew(from: string, to: string): boolean | null {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    // A network file system can lose its answer and report a failure; the count of links is the truth (open(2)).
    if (statSync(from).nlink === 2) return true;
    const code = systemCode(error);
    if (code === 'EEXIST') return false;
    if (LINKLESS.has(code ?? '')) return null;
    throw error;
  }
}

/** What FAT, exFAT and some network file systems answer to a hard link. */
const LINKLESS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EINVAL',
  'EMLINK',
]);

function reserveAndRename(from: string, to: string): boolean {
  try {
    closeSync(openSync(to, 'wx'));
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  renamePatiently(from, to);
  return true;
}

function renamePatiently(from: string, to: string): void {
  patiently(() => renameSync(from, to));
}

/** How long a name may stay blocked on Windows, where virus scanners and indexers open new files. Milliseconds. */
const BLOCKED_MAX_MS = 2_000;
const BLOCKED_PAUSE_MS = 20;
const BLOCKED: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);

function patiently(action: () => void): void {
  for (let waited = 0; ; waited += BLOCKED_PAUSE_MS) {
    try {
      action();
      return;
    } catch (error) {
      const hopeless = platform !== 'win32' || !BLOCKED.has(systemCode(error) ?? '');
      if (hopeless || waited >= BLOCKED_MAX_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_PAUSE_MS);
    }
  }
}
