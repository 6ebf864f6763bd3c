import { join } from 'node:path';

/** A path out of a Git configuration, in which `~/` stands for the home folder. */
export function homePath(path: string, homeFolder: string): string {
  return path.startsWith('~/') ? join(homeFolder, path.slice(2)) : path;
}
