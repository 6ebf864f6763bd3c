import { posix } from 'node:path';
import { CairnError } from '../errors.ts';

/** Where a version has a bento: a folder of its files, `''` for all of them, or an exported `.bento` file. */
export interface BentoPlace {
  readonly kind: 'folder' | 'file';
  readonly path: string;
}

/** Bentos named in one message. */
const PLACES_TOLD = 3;

/** Finds the bento of a version; `null` when there is none. Throws `conflict` when there are several. */
export function bentoPlace(paths: readonly string[], what: string): BentoPlace | null {
  const folders = paths.filter((path) => posix.basename(path) === 'bento.yaml').map(folderOf);
  const top = folders.filter(
    (folder) => !folders.some((other) => other !== folder && isInside(folder, other)),
  );
  const files = paths.filter(
    (path) => path.endsWith('.bento') && !top.some((folder) => isInside(path, folder)),
  );
  const places: BentoPlace[] = [
    ...top.map((path) => ({ kind: 'folder', path }) as const),
    ...files.map((path) => ({ kind: 'file', path }) as const),
  ];
  if (places.length <= 1) return places[0] ?? null;
  const told = places.slice(0, PLACES_TOLD).map(({ path }) => JSON.stringify(path === '' ? '.' : path));
  throw new CairnError(
    'conflict',
    `${what} holds ${places.length} bentos: ${told.join(', ')}${places.length > PLACES_TOLD ? ', …' : ''}`,
    { hint: 'add a version with one of them alone' },
  );
}

function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

function isInside(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
