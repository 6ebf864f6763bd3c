import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packRefs, type Repository, rollUp, StoreError } from '@cairn/store';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';

/** So many versions may have a file of their own before their refs are gathered into one: reading 100 takes a millisecond. */
const LOOSE_TAGS_MAX = 100;

/**
 * Keeps a repository fast after something was written: small packs are rolled up, and many refs are packed as
 * `git pack-refs` does. What was written stands already, so that nothing here can make it fail: what another
 * process or a damaged pack prevents is left to the next time, and damage is what `verify` reports.
 */
export async function tidyUp(repository: Repository): Promise<void> {
  await leaveForLater(() => rollUp(repository));
  await leaveForLater(() => packManyRefs(repository));
}

async function packManyRefs({ gitDir }: Repository): Promise<void> {
  if (readdirSync(join(gitDir, 'refs', 'tags')).length <= LOOSE_TAGS_MAX) return;
  await packRefs(gitDir, { timeoutMs: LOCK_TIMEOUT_MS });
}

async function leaveForLater(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
