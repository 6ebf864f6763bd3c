import { type FileHandle, link, lstat, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { replaceDurably, syncFolder, systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { makeFolder } from '../registry/make-folder.ts';
import { openAside, sweepAsides } from './aside.ts';

export interface WholeFileOptions {
  /** Replaces a file that is there. */
  readonly force?: boolean;
  /** Permission bits before the umask; 0o666 when left out. */
  readonly mode?: number;
  readonly now: Date;
}

/**
 * Writes a file beside its place, and gives it its name when all of it is on the disk: there is never half of one
 * under that name. The folder is made when it is missing. Throws `exists` for a file that is there, unless `force` is
 * set, and `refused` for anything else that is.
 */
export function writeWholeFile(
  path: string,
  { mode = 0o666, ...options }: WholeFileOptions,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  return makeWholeFile(path, options, (temporary) => writeSynced(temporary, mode, write));
}

/** The same where something else writes the file, at a path that it is told, and forces it to the disk. */
export async function makeWholeFile(
  path: string,
  { force = false, now }: Omit<WholeFileOptions, 'mode'>,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  await checkPlace(path, force);
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  await makeFolder(folder);
  await sweepAsides(folder, { prefix, now });
  const aside = await openAside(folder, prefix);
  try {
    const temporary = join(aside.files, 'file');
    await make(temporary);
    if (force) replaceDurably(temporary, path);
    else await placeNew(temporary, path);
  } finally {
    await aside.remove();
  }
}

async function checkPlace(path: string, force: boolean): Promise<void> {
  const status = await lstat(path).catch((error) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (status === null) return;
  if (!status.isFile()) {
    throw new CairnError('refused', `cannot write to ${path}: it is there, and no file`, {
      hint: 'name another place',
      data: { path },
    });
  }
  if (!force) throw taken(path);
}

async function writeSynced(
  path: string,
  mode: number,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await write(file);
  await file.sync();
}

/** A hard link fails where a name is taken, and a rename would replace it. */
async function placeNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw taken(to);
    if (!LINKLESS.has(systemCode(error) ?? '')) throw error;
    await checkPlace(to, false);
    await rename(from, to);
  }
  syncFolder(dirname(to));
}

/** What FAT, exFAT and some network file systems answer to a hard link. */
const LINKLESS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EINVAL',
]);

function taken(path: string): CairnError {
  return new CairnError('exists', `${path} is there already`, {
    hint: 'name another file, or use --force to replace it',
    data: { path },
  });
}
