import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { translated } from '../errors.ts';
import { acquireLock, type Lock, type LockOptions } from '../files/lock.ts';
import type { Repository } from './open.ts';

/**
 * Takes a lock of Cairn's own in a repository, for a purpose that the name stands for. Git knows nothing of it.
 * Throws as {@link acquireLock} does.
 */
export async function lockRepository(
  { gitDir }: Pick<Repository, 'gitDir'>,
  name: string,
  options: LockOptions,
): Promise<Lock> {
  const folder = join(gitDir, 'cairn');
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw translated(error, `lock ${gitDir}`);
  }
  return acquireLock(join(folder, name), options);
}
