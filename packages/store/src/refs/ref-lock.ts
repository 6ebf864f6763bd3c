import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { acquireLock, type Lock, tryLock } from '../files/lock.ts';
import type { Patience } from '../files/patience.ts';
import { makeRefFolder, refPath } from './ref-folders.ts';

/** How often a folder may be removed as empty by another process before a lock file stands in it. */
const RACES_MAX = 32;

/** Locks one ref as Git does, making the folders that its lock file needs. */
export async function lockRef(gitDir: string, name: string, patience: Patience): Promise<Lock> {
  for (let races = 0; ; races++) {
    makeRefFolder(gitDir, name);
    try {
      return await acquireLock(refPath(gitDir, name), { ...patience, purpose: `move ${name}` });
    } catch (error) {
      const vanished = error instanceof StoreError && error.code === 'not-found';
      if (!vanished || races === RACES_MAX) throw error;
    }
  }
}

/** Locks a loose ref when that needs no waiting. */
export function tryLockRef(gitDir: string, name: string): Lock | null {
  return tryLock(refPath(gitDir, name), `pack ${name}`);
}

/** Locks the file `packed-refs` as Git does. Whoever waits for it may hold locks of refs, never the reverse. */
export function lockPackedRefs(gitDir: string, patience: Patience): Promise<Lock> {
  return acquireLock(join(gitDir, 'packed-refs'), { ...patience, purpose: 'rewrite packed-refs' });
}
