import { join } from 'node:path';
import { acquireLock } from '@cairn/store';
import { localFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';

/** Runs what changes the set of models, one such operation at a time. */
export async function withModelsLocked<T>(
  registry: Registry,
  purpose: string,
  operation: () => Promise<T>,
): Promise<T> {
  await makeFolder(localFolder(registry));
  const lock = await acquireLock(join(localFolder(registry), 'models'), {
    purpose,
    timeoutMs: LOCK_TIMEOUT_MS,
  });
  try {
    return await operation();
  } finally {
    lock.release();
  }
}
