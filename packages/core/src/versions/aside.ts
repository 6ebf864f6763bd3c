import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, listLocks, sweepAbandoned } from '@cairn/store';

/** A folder in which files gather before they are given their names. */
export interface Aside {
  /** The empty folder for them. */
  readonly files: string;
  /** Removes it with what is still in it. */
  remove(): Promise<void>;
}

/** What is locked in it, as a sign that its maker is at work. */
const OWNER = 'owner';

/** What it is called, after its prefix: twelve random hex digits, and a suffix. */
const NAME = /^[0-9a-f]{12}\.tmp$/;

/** Makes such a folder within another one, on the same file system as what its files will be renamed to. Only its owner gets into it. */
export async function openAside(folder: string, prefix: string): Promise<Aside> {
  const path = join(folder, `${prefix}${randomBytes(6).toString('hex')}.tmp`);
  await mkdir(path, { mode: 0o700 });
  try {
    await acquireLock(join(path, OWNER), { purpose: `fill ${path}`, timeoutMs: 0 });
    await mkdir(filesOf(path));
  } catch (error) {
    await removeAside(path);
    throw error;
  }
  return { files: filesOf(path), remove: () => removeAside(path) };
}

/** Removes those of a prefix that processes have left which ended early; none when the folder is not there. */
export async function sweepAsides(
  folder: string,
  { prefix, now }: { prefix: string; now: Date },
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !NAME.test(name.slice(prefix.length))) continue;
    // What cannot be removed is in nobody's way.
    await removeIfAbandoned(join(folder, name), now).catch(() => undefined);
  }
}

function filesOf(path: string): string {
  return join(path, 'files');
}

/** The files before the lock: what is left when this is cut short can still be told from what others have put there. */
async function removeAside(path: string): Promise<void> {
  await rm(filesOf(path), { recursive: true, force: true });
  await rm(path, { recursive: true, force: true });
}

/** How long its maker may take from making the folder to locking it, milliseconds. */
const UNLOCKED_MAX_MS = 60_000;

async function removeIfAbandoned(path: string, now: Date): Promise<void> {
  const madeAt = await lstat(path).then(
    (status) => (status.isDirectory() ? status.mtimeMs : null),
    () => null,
  );
  if (madeAt === null) return;
  const owner = listLocks(path).find((lock) => lock.path === join(path, `${OWNER}.lock`));
  if (owner?.state === 'dead') return removeAside(path);
  if (owner !== undefined || madeAt > now.getTime() - UNLOCKED_MAX_MS) return;
  sweepAbandoned(path, { now });
  // Whatever else is in it was not put there by this program.
  await rmdir(path).catch(() => undefined);
}
