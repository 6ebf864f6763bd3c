import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type StoreError, systemCode, translated } from '../errors.ts';
import { entryAt, isAbsence } from './bounded.ts';
import { removeIfThere, temporaryPath, writeSynced } from './durable.ts';
import { acquireLock, isFree, type LockOptions, lockedError, readHolder } from './lock.ts';
import { currentOwner, encodeOwner, type Owner, type OwnerState } from './owner.ts';
import { attemptUntil, countdown } from './patience.ts';

/** The right to write into a repository, or to be alone in it. */
export interface Lease {
  /** Gives it back; a second call does nothing. */
  release(): void;
}

/**
 * A writer's lease: any number of them stand together, and while one stands no collector removes anything.
 * Waits while a collector is at work. The folder is made when it is missing, its parent is not.
 *
 * Throws `locked`, naming the collector, when it did not finish in time; `cancelled`.
 */
export async function acquireLease(folder: string, options: LockOptions): Promise<Lease> {
  makeFolders(folder);
  const lease = await attemptUntil(() => tryLease(folder, options.purpose), options);
  if (lease === null) throw lockedError(dirname(folder), exclusiveFile(folder));
  return lease;
}

/**
 * A collector's lease: alone. Makes new writers wait, then waits for the ones at work; leases of processes
 * that ended are swept. Must not be asked for by a holder of a writer's lease, who would wait for itself.
 *
 * Throws `locked`, naming whoever is at work, when that took too long; `cancelled`.
 */
export async function acquireExclusive(folder: string, options: LockOptions): Promise<Lease> {
  makeFolders(folder);
  const left = countdown(options);
  const lock = await acquireLock(join(folder, EXCLUSIVE), options);
  try {
    const alone = await attemptUntil(() => (standing(folder).length === 0 ? true : null), left());
    if (alone === null) throw inUseError(folder);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A lease as it stands on the disk, for whoever looks after a repository. */
export interface LeaseRecord {
  /** The file; removing it ends the lease. */
  readonly path: string;
  readonly kind: 'shared' | 'exclusive';
  /** Null when the file is not a record that this program knows. */
  readonly owner: Owner | null;
  readonly state: OwnerState;
  /** When it was taken, milliseconds since 1970. */
  readonly since: number;
}

/** Every lease in a folder, those of dead and of unknown owners too; removes nothing. */
export function listLeases(folder: string): LeaseRecord[] {
  const exclusive = recordAt(exclusiveFile(folder), 'exclusive');
  const shared = leaseFiles(folder).map((file) => recordAt(file, 'shared'));
  return [exclusive, ...shared].filter((record) => record !== null);
}

/** Removes the leases of processes that have ended, and gives what it removed. */
export function sweepLeases(folder: string): LeaseRecord[] {
  const dead = listLeases(folder).filter((record) => record.state === 'dead');
  // A writer's file has a name of its own that nobody takes again: whoever owned it, it can go.
  return dead.filter(({ path, kind }) => (kind === 'exclusive' ? isFree(path) : removeIfThere(path)));
}

const EXCLUSIVE = 'exclusive';
const SHARED = 'leases';

/** The file that stands while a collector, or someone who moves the repository, holds it alone. */
export function exclusiveFile(folder: string): string {
  return join(folder, `${EXCLUSIVE}.lock`);
}

/**
 * A writer first shows its lease and then looks for a collector; a collector first shows its lock and then
 * looks for leases. Whatever the order in time, one of the two sees the other (Dekker), and a writer that
 * sees a collector steps back.
 */
function tryLease(folder: string, purpose: string): Lease | null {
  if (!isFree(exclusiveFile(folder))) return null;
  const lease = showLease(folder, purpose);
  if (isFree(exclusiveFile(folder))) return lease;
  lease.release();
  return null;
}

function showLease(folder: string, purpose: string): Lease {
  const owner = currentOwner(purpose);
  const file = join(folder, SHARED, `${owner.id}.json`);
  const temporary = temporaryPath(join(folder, SHARED));
  try {
    // Forced to the disk: a lease stands for as long as its writer works, perhaps across a power failure.
    writeSynced(temporary, encodeOwner(owner));
    renameSync(temporary, file);
  } catch (error) {
    removeIfThere(temporary);
    throw translated(error, `create ${file}`);
  }
  return { release: () => void removeIfThere(file) };
}

/** The leases that are not certain to be over; the others are removed. */
function standing(folder: string): string[] {
  return leaseFiles(folder).filter((file) => {
    const holder = readHolder(file);
    if (holder === null) return false;
    if (holder.state !== 'dead') return true;
    removeIfThere(file);
    return false;
  });
}

function inUseError(folder: string): StoreError {
  return lockedError(dirname(folder), standing(folder)[0] ?? join(folder, SHARED));
}

function recordAt(file: string, kind: LeaseRecord['kind']): LeaseRecord | null {
  const holder = readHolder(file);
  const since = entryAt(file)?.mtimeMs;
  return holder === null || since === undefined ? null : { path: file, kind, ...holder, since };
}

function leaseFiles(folder: string): string[] {
  try {
    const names = readdirSync(join(folder, SHARED));
    return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, SHARED, name));
  } catch (error) {
    if (isAbsence(error)) return [];
    throw translated(error, `read ${folder}`);
  }
}

function makeFolders(folder: string): void {
  for (const path of [folder, join(folder, SHARED)]) {
    try {
      mkdirSync(path);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw translated(error, `create ${path}`);
    }
  }
}
