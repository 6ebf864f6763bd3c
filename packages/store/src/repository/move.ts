import { join } from 'node:path';
import { entryAt } from '../files/bounded.ts';
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
  } finally {
    lease.release();
    // It went along with its folder, even when that could not be made durable.
    if (entryAt(from) === null) removeIfThere(exclusiveFile(join(to, 'cairn')));
  }
}
