import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError, translated } from '../errors.ts';
import { entryAt, readBounded } from './bounded.ts';
import { placeNew, removeIfThere, temporaryPath } from './durable.ts';
import {
  currentOwner,
  encodeOwner,
  OWNER_SIZE_MAX,
  type Owner,
  type OwnerState,
  ownerState,
  parseOwner,
} from './owner.ts';
import { attemptUntil, type Patience } from './patience.ts';

export interface LockOptions extends Patience {
  /** What the holder is doing, for whoever waits for it. */
  readonly purpose: string;
}

/** A held lock. Whoever has it writes what it protects by temporary file and rename, then releases it. */
export interface Lock {
  /** The lock file. */
  readonly path: string;
  /** Lets go; a second call does nothing. */
  release(): void;
}

/**
 * Locks a file of a repository against every other process, Git included, by creating `<path>.lock` as Git
 * does. The lock file holds the owner's record for as long as it stands, so that the lock of a process that
 * died is recognized and broken. The folder of the path must be there.
 *
 * Throws `locked` when the holder did not let go in time, naming it; `cancelled`; `not-found` without a folder.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const lock = await attemptUntil(() => tryLock(path, options.purpose), options);
  if (lock === null) throw lockedError(path, `${path}.lock`);
  return lock;
}

/** One attempt at {@link acquireLock}: null when the lock is held. */
export function tryLock(path: string, purpose: string): Lock | null {
  const file = `${path}.lock`;
  if (!isFree(file)) return null;
  const owner = currentOwner(purpose);
  return claim(file, owner) ? heldLock(file, owner) : null;
}

/** Who holds a lock file, as far as it tells. */
export interface Holder {
  /** Null for a lock that is not Cairn's, such as Git's. */
  readonly owner: Owner | null;
  readonly state: OwnerState;
}

/** The holder of a lock file; null when nothing stands there. */
export function readHolder(file: string): Holder | null {
  // Git gathers the new content in its lock files, so they can be of any length.
  if ((entryAt(file)?.size ?? 0) > OWNER_SIZE_MAX) return { owner: null, state: 'unknown' };
  const bytes = readBounded(file, OWNER_SIZE_MAX);
  if (bytes === null) return null;
  const owner = parseOwner(bytes);
  return { owner, state: owner === null ? 'unknown' : ownerState(owner) };
}

/** Whether a lock file is not there, or was left by the dead and could be removed. */
export function isFree(file: string): boolean {
  const holder = readHolder(file);
  if (holder === null) return true;
  if (holder.owner === null || holder.state !== 'dead') return false;
  removeDead(file, holder.owner);
  return entryAt(file) === null;
}

/** What to say when a lock file, or a lease, stood in the way until the time was over. */
export function lockedError(path: string, file: string): StoreError {
  const holder = readHolder(file);
  if (holder === null) {
    return new StoreError('locked', `${path} was locked until a moment ago`, {
      hint: 'try again',
      data: { path: file },
    });
  }
  const data = { path: file, owner: holder.owner, state: holder.state };
  return new StoreError('locked', `${path} is locked by ${nameOf(holder)}${ageOf(file)}`, {
    hint: hintFor(file, holder),
    data,
  });
}

/** How many processes may have died in turn while they removed the lock of one before. */
const BREAKERS_MAX = 8;

/**
 * Removes the file of a dead owner, unless another process is doing that. Of all who see the file only the
 * one that creates the guard may remove it, and only while it still names the dead owner; as the guard's name
 * comes from that owner's id, it can never cover a lock that someone living has taken in its place. The guard
 * of a breaker that died is removed in the same way. Its name ends in `.lock` because Git takes any other
 * file below `refs` for a ref.
 */
function removeDead(file: string, dead: Owner, depth = 0): void {
  const guard = join(dirname(file), `tmp_${dead.id}.break.lock`);
  if (!claim(guard, currentOwner('remove the lock of a process that ended'))) {
    const breaker = readHolder(guard);
    const alsoDead = breaker?.state === 'dead' && depth < BREAKERS_MAX ? breaker.owner : null;
    if (alsoDead !== null) removeDead(guard, alsoDead, depth + 1);
    return;
  }
  try {
    if (readHolder(file)?.owner?.id === dead.id) removeIfThere(file);
  } finally {
    removeIfThere(guard);
  }
}

/** Creates a lock file whole, or not at all when one is there. */
function claim(file: string, owner: Owner): boolean {
  const temporary = temporaryPath(dirname(file), { suffix: '.lock' });
  try {
    writeFileSync(temporary, encodeOwner(owner), { flag: 'wx' });
    return placeNew(temporary, file);
  } catch (error) {
    removeIfThere(temporary);
    throw translated(error, `create ${file}`);
  }
}

function heldLock(file: string, owner: Owner): Lock {
  let held = true;
  return {
    path: file,
    release() {
      if (held && readHolder(file)?.owner?.id === owner.id) removeIfThere(file);
      held = false;
    },
  };
}

function nameOf(holder: Holder): string {
  if (holder.owner === null) return 'a program that left no name';
  const { pid, host, purpose } = holder.owner;
  return `process ${pid} on ${JSON.stringify(host)} (${JSON.stringify(purpose)})`;
}

function ageOf(file: string): string {
  const since = entryAt(file)?.mtimeMs;
  return since === undefined ? '' : `, for ${Math.max(0, Math.round((Date.now() - since) / 1000))} s`;
}

function hintFor(file: string, holder: Holder): string {
  if (holder.owner === null) return `when no Git process is at work in this repository, remove ${file}`;
  if (holder.state === 'unknown') return `when that process is certain to have ended, remove ${file}`;
  return 'wait until it is done, or stop it';
}
