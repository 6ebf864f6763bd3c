import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listLocks, StoreError, sweepAbandoned } from '@cairn/store';
import { folderSize } from '../models/delete.ts';
import { withModelsLocked } from '../models/models-lock.ts';
import { sweepUnpackFolders } from '../packages/unpack-folder.ts';
import { cacheFolder, localFolder, trashFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { sweepAsideRepositories } from '../sharing/aside-repository.ts';

/** Bytes of what {@link removeLocalLeftovers} would remove. */
export async function sizeOfLocalLeftovers(registry: Registry): Promise<number> {
  const isBusy = listLocks(localFolder(registry)).some(({ state }) => state === 'alive');
  return totalSize([...(await deletedModels(registry)), ...(isBusy ? [] : await halfMadeModels(registry))]);
}

/**
 * Removes what is left of models whose creation or deletion was cut short, and gives the bytes that came free.
 * Temporary files of caches and locks go too, and what unpacking and pulling have left; they are not counted.
 */
export async function removeLocalLeftovers(registry: Registry): Promise<number> {
  const freed = await removeFolders(await deletedModels(registry));
  const now = registry.environment.now();
  for (const folder of await ownFolders(registry)) sweepAbandoned(folder, { now });
  await sweepUnpackFolders(registry);
  await sweepAsideRepositories(registry);
  return freed + (await removeHalfMade(registry));
}

/** Whoever makes a model holds the lock: under it, every one that is half made was given up. */
async function removeHalfMade(registry: Registry): Promise<number> {
  if ((await halfMadeModels(registry)).length === 0) return 0;
  try {
    return await withModelsLocked(registry, 'remove half-made models', async () =>
      removeFolders(await halfMadeModels(registry)),
    );
  } catch (error) {
    if (error instanceof StoreError && error.code === 'locked') return 0;
    throw error;
  }
}

async function removeFolders(paths: readonly string[]): Promise<number> {
  const freed = await totalSize(paths);
  for (const path of paths) await rm(path, { recursive: true, force: true });
  return freed;
}

async function totalSize(paths: readonly string[]): Promise<number> {
  let size = 0;
  for (const path of paths) size += await folderSize(path);
  return size;
}

async function deletedModels(registry: Registry): Promise<string[]> {
  return pathsIn(trashFolder(registry));
}

async function halfMadeModels(registry: Registry): Promise<string[]> {
  const paths = await pathsIn(localFolder(registry));
  return paths.filter((path) => /[\\/]tmp_[^\\/]*\.git$/.test(path));
}

/** Where this machine keeps files of its own. */
async function ownFolders(registry: Registry): Promise<string[]> {
  const caches = cacheFolder(registry);
  return [localFolder(registry), caches, ...(await pathsIn(caches))];
}

async function pathsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}
