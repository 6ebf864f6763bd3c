import picomatch from 'picomatch';
import { CairnError } from '../errors.ts';
import type { VersionFileEntry } from '../schema/version.ts';

/**
 * The files that paths and globs choose: a path chooses that file, or all in that folder; a glob is matched
 * against whole paths, or against names when it has no slash. Throws `not-found` for one that chooses nothing.
 */
export function selectFiles(
  files: readonly VersionFileEntry[],
  only: readonly string[] | undefined,
  what: string,
): readonly VersionFileEntry[] {
  if (only === undefined || only.length === 0) return files;
  const chosen = new Set<VersionFileEntry>();
  for (const pattern of only) {
    const found = files.filter(matcher(pattern));
    if (found.length === 0) {
      throw new CairnError('not-found', `${what} has no file that matches ${JSON.stringify(pattern)}`, {
        hint: `see its files with \`cairn show ${what}\``,
        data: { pattern },
      });
    }
    for (const file of found) chosen.add(file);
  }
  return files.filter((file) => chosen.has(file));
}

function matcher(pattern: string): (file: VersionFileEntry) => boolean {
  const plain = pattern.replace(/\/+$/, '');
  if (plain === '') return () => false;
  const glob = picomatch(plain, { dot: true, matchBase: !plain.includes('/') } as picomatch.PicomatchOptions);
  return ({ path }) => path === plain || path.startsWith(`${plain}/`) || glob(path);
}
