import { join } from 'node:path';
import type { Registry } from './registry.ts';

/** Where the models are. */
export function modelsFolder({ path }: Pick<Registry, 'path'>): string {
  return join(path, 'models');
}

/** The repository of a model, whether it is there or not. */
export function modelFolder(registry: Registry, model: string): string {
  return join(modelsFolder(registry), `${model}.git`);
}

/** What belongs to this machine alone, and can be deleted at any time. */
export function localFolder({ path }: Pick<Registry, 'path'>): string {
  return join(path, '.cairn');
}

export function cacheFolder(registry: Registry): string {
  return join(localFolder(registry), 'cache');
}

/** Where models go on their way out: one rename takes them from sight, then their bytes are removed. */
export function trashFolder(registry: Registry): string {
  return join(localFolder(registry), 'trash');
}
