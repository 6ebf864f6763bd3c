import { join } from 'node:path';
import { removeIfThere, replaceDurably } from '../files/durable.ts';
import { acquireExclusive, exclusiveFile } from '../files/lease.ts';
import type { LockOptions } from '../files/lock.ts';

/**
 * Moves a whole repository to another path of the same file system, in one step and while no writer is in it.
 * Throws `locked` when writers did not end in time.
 */
export async function moveRepository(from: string, to: string, options: LockOptions): Promise<void> {
  const lease = await acquireExclusive(join(from, 'cairn'), options);
  try {
    replaceDurably(from, to);
  } catch (error) {
    lease.release();
    throw error;
  }
  // The lease went along with its folder.
  removeIfThere(exclusiveFile(join(to, 'cairn')));
}
