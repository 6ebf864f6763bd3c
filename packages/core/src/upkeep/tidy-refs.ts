import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packRefs, type Repository, StoreError } from '@cairn/store';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';

/** So many versions may have a file of their own before their refs are gathered into one: reading 100 takes a millisecond. */
const LOOSE_TAGS_MAX = 100;

/** Keeps listings fast: once many versions have come, their refs are packed as `git pack-refs` does. */
export async function tidyRefs(repository: Repository): Promise<void> {
  if (readdirSync(join(repository.gitDir, 'refs', 'tags')).length <= LOOSE_TAGS_MAX) return;
  try {
    await packRefs(repository.gitDir, { timeoutMs: LOCK_TIMEOUT_MS });
  } catch (error) {
    // Another process is at the refs: one of the next writers will do it.
    if (!(error instanceof StoreError && error.code === 'locked')) throw error;
  }
}
