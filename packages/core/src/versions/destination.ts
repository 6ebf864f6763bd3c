import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { checkCancelled } from '../progress.ts';
import type { VersionFileEntry } from '../schema/version.ts';

/** What stands where files are to be taken out to. */
export type DestinationState =
  | { readonly kind: 'new' }
  /** A folder with something in it; `wrong` are the files that are missing there or differ. */
  | { readonly kind: 'there'; readonly wrong: readonly VersionFileEntry[] };

export interface CompareOptions {
  /** Goes on where something would be replaced. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** Files of the version that may stand there too, and are left as they are. */
  readonly others?: readonly VersionFileEntry[];
}

/** What a folder is called in which files gather before they are moved into a destination that is there already. */
const ASIDE = /^\.cairn-[0-9a-f]{12}\.tmp$/;

/**
 * Looks at the destination before anything is written. Throws `refused` when it is not a folder, when a link
 * stands where a folder or file belongs, or when it holds anything that would be lost or mixed up, unless
 * `force` is set.
 */
export async function compareDestination(
  folder: string,
  files: readonly VersionFileEntry[],
  { force = false, signal, others = [] }: CompareOptions,
): Promise<DestinationState> {
  const status = await statusOf(folder);
  if (status === null) return { kind: 'new' };
  if (!status.isDirectory()) throw refused(folder, 'it is not a folder', 'name another place');
  if ((await readdir(folder)).length === 0) return { kind: 'new' };
  if (!force) checkNothingElse(folder, await entriesOf(folder), [...files, ...others]);
  const wrong: VersionFileEntry[] = [];
  for (const file of files) {
    checkCancelled(signal);
    const state = await compareFile(folder, file);
    if (state === 'differs' && !force) {
      throw refused(
        join(folder, platformPath(file.path)),
        'it differs from the version',
        'use --force to replace it',
      );
    }
    if (state !== 'same') wrong.push(file);
  }
  return { kind: 'there', wrong };
}

/** A path of a version in the form of this platform. */
export function platformPath(path: string): string {
  return sep === '/' ? path : path.split('/').join(sep);
}

async function compareFile(folder: string, file: VersionFileEntry): Promise<'same' | 'missing' | 'differs'> {
  const path = join(folder, platformPath(file.path));
  await checkFoldersAbove(folder, path);
  const status = await statusOf(path);
  if (status === null) return 'missing';
  if (status.isSymbolicLink()) return 'differs';
  if (!status.isFile()) {
    const kind = status.isDirectory() ? 'a folder' : 'a device, pipe or socket';
    throw refused(path, `${kind} stands where a file belongs`, 'move it away first');
  }
  if (status.size !== file.size) return 'differs';
  if (sep === '/' && ((status.mode & 0o100) !== 0) !== (file.executable ?? false)) return 'differs';
  return (await sha256Of(path)) === file.sha256 ? 'same' : 'differs';
}

/** No link above a file: it could lead out of the destination. */
async function checkFoldersAbove(folder: string, path: string): Promise<void> {
  const components = relative(folder, path).split(sep).slice(0, -1);
  let above = folder;
  for (const component of components) {
    above = join(above, component);
    const status = await statusOf(above);
    if (status === null) return;
    if (!status.isDirectory()) throw refused(above, 'it stands where a folder belongs', 'move it away first');
  }
}

/** What a process that was killed left aside is passed over: it must not keep the next one from its work. */
function checkNothingElse(
  folder: string,
  present: readonly string[],
  files: readonly VersionFileEntry[],
): void {
  const known = new Set(files.map(({ path }) => platformPath(path)));
  const foreign = present.find((path) => !known.has(path) && !ASIDE.test(path.split(sep, 1)[0]!));
  if (foreign === undefined) return;
  throw refused(
    folder,
    `it is not empty: ${JSON.stringify(foreign)} is not in the version`,
    'name an empty or new folder, or use --force to replace only what the version has',
  );
}

/** Relative paths of everything in a folder that is no folder. */
async function entriesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function sha256Of(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 })) sha256.update(bytes);
  return sha256.digest('hex');
}

async function statusOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (systemCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

function refused(path: string, problem: string, hint: string): CairnError {
  return new CairnError('refused', `cannot write to ${path}: ${problem}`, { hint, data: { path } });
}
