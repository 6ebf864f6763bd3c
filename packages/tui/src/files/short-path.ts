import { isAbsolute, relative, sep } from 'node:path';

/** A path as people write it: from the user's own folder on, where it lies in there. */
export function shortPath(path: string, homeFolder: string): string {
  const inside = relative(homeFolder, path);
  if (inside === '') return '~';
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return path;
  return `~${sep}${inside}`;
}
