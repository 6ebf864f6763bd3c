import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { CairnError } from '../errors.ts';
import { localFolder, modelsFolder } from '../registry/folders.ts';
import type { Source } from './walk.ts';

/**
 * Throws `invalid` for a source that holds the registry itself, which would go into its own version, or that is a
 * part of what the registry keeps, unless it was put there to become a version.
 */
export function checkOutside(
  registry: string,
  sources: readonly Source[],
  { mayBeKept = false }: { readonly mayBeKept?: boolean } = {},
): void {
  const place = realpathSync(registry);
  const kept = [modelsFolder({ path: place }), localFolder({ path: place })];
  for (const { path } of sources.filter((source) => existsSync(source.path))) {
    const real = realpathSync(path);
    if (isInside(place, real)) throw refused(path, `holds the registry ${registry} itself`);
    if (!mayBeKept && kept.some((folder) => isInside(real, folder)))
      throw refused(path, `lies in what the registry ${registry} keeps for itself`);
  }
}

function refused(path: string, problem: string): CairnError {
  return new CairnError('invalid', `${path} ${problem}`, {
    hint: 'name the folder with the files of the model',
    data: { path },
  });
}

function isInside(path: string, folder: string): boolean {
  const inside = relative(folder, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}
