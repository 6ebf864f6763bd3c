import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { findRegistry } from '../registry/registry.ts';

/**
 * Throws `refused` for a place from which a secret would be shared by accident: inside a registry, or inside a Git
 * repository or work tree. The folder need not be there yet. Links on the way to it are followed.
 */
export async function checkPrivatePlace(folder: string): Promise<void> {
  const real = await nearestThere(resolve(folder));
  const registry = await findRegistry(real);
  if (registry !== null) throw notPrivate(folder, `inside the registry ${registry}`);
  for (let above = real; ; above = dirname(above)) {
    if (await isGit(above)) throw notPrivate(folder, `inside the Git work tree ${above}`);
    if (dirname(above) === above) return;
  }
}

/** Where a path leads, or, as long as there is nothing, the folder above it. */
async function nearestThere(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return nearestThere(dirname(path));
  }
}

/** A work tree has `.git`; a repository without one has these three itself (gitrepository-layout(5)). */
async function isGit(folder: string): Promise<boolean> {
  if (await isThere(join(folder, '.git'))) return true;
  const parts = await Promise.all(['HEAD', 'objects', 'refs'].map((name) => isThere(join(folder, name))));
  return parts.every(Boolean);
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function notPrivate(folder: string, where: string): CairnError {
  return new CairnError('refused', `no key is kept in ${folder}: it is ${where}`, {
    hint: 'keep keys where nothing is shared from; CAIRN_CONFIG names another folder for them',
    data: { folder },
  });
}
