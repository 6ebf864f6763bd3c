import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { CairnError } from '../errors.ts';
import type { Source } from './walk.ts';

/** Throws `invalid` for a source that holds the registry itself, which would go into its own version. */
export function checkOutside(registry: string, sources: readonly Source[]): void {
  const place = realpathSync(registry);
  const around = sources.find(({ path }) => existsSync(path) && isInside(place, realpathSync(path)));
  if (!around) return;
  throw new CairnError('invalid', `${around.path} holds the registry ${registry} itself`, {
    hint: 'name the folder with the files of the model',
    data: { path: around.path },
  });
}

function isInside(path: string, folder: string): boolean {
  const inside = relative(folder, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}
