import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type ObjectId,
  parseTree,
  type Repository,
  recordInIndex,
  systemCode,
  type TreeEntry,
  writeFileDurably,
} from '@cairn/store';
import { CairnError } from '../errors.ts';
import { filePathProblem, looselyFoldedPath } from '../file-path.ts';
import type { Registry } from '../registry/registry.ts';

/** A file of the registry's own branch. */
export interface RegistryFile {
  readonly id: ObjectId;
  readonly isExecutable: boolean;
}

/** By path. */
export type RegistryFiles = ReadonlyMap<string, RegistryFile>;

/** Files and folders beside the models: a description, a README, a list of signers, some scripts. */
const ENTRIES_MAX = 10_000;
const FILE_SIZE_MAX = 64 * 1024 * 1024;
/** Of all files together, each name counted: a small pack can name the same large file many times. */
const SIZE_MAX = 256 * 1024 * 1024;
const DEPTH_MAX = 32;
/** Bytes of one folder: entries of 7 for the mode, 256 for the name with its end, 20 for the id. */
const FOLDER_SIZE_MAX = ENTRIES_MAX * (7 + 256 + 20);

/**
 * What is this machine's own in a registry's folder: files there would become repositories, or settings of Git. Also as
 * NTFS spells it, with dots, streams and short names.
 */
const OWN_FOLDERS = /^(?:models|\.cairn|cairn~\d+|\.git)[ .]*(?::|$)/;

/**
 * Files of a commit's tree. Throws `hostile` for what must not be written into a registry's folder: links, paths that
 * lead elsewhere or that are one on some disks, anything in the place of the models, more than a registry has.
 */
export function listRegistryFiles(repository: Repository, tree: ObjectId | null): RegistryFiles {
  const listing = { repository, files: new Map<string, RegistryFile>(), taken: new Set<string>(), size: 0 };
  if (tree !== null) addFolder(listing, { tree, path: [] });
  return listing.files;
}

interface Listing {
  readonly repository: Repository;
  readonly files: Map<string, RegistryFile>;
  /** Paths of files and folders, as the disks compare them that look least closely. */
  readonly taken: Set<string>;
  /** Bytes of all files. */
  size: number;
}

interface Folder {
  readonly tree: ObjectId;
  readonly path: readonly string[];
}

function addFolder(listing: Listing, { tree, path }: Folder): void {
  for (const { mode, name, id } of entriesOf(listing, { tree, path })) {
    const place = [...path, name];
    checkPlace(listing, place);
    if (mode === '40000') addFolder(listing, { tree: id, path: place });
    else if (mode !== '100644' && mode !== '100755')
      throw hostile(place, 'it is neither a file nor a folder');
    else addFile(listing, place, { id, isExecutable: mode === '100755' });
  }
}

/** Folders count too: a few that are in one another many times make up more than can be walked. */
function entriesOf({ repository, taken }: Listing, { tree, path }: Folder): TreeEntry[] {
  if (path.length > DEPTH_MAX) throw hostile(path, 'it is nested too deeply');
  const { kind, size } = repository.objects.sizeOf(tree);
  if (kind !== 'tree') throw new CairnError('damaged', `expected ${tree} to be a tree, got a ${kind}`);
  const entries = size > FOLDER_SIZE_MAX ? null : parseTree(repository.objects.readSync(tree).bytes);
  if (entries === null || taken.size + entries.length > ENTRIES_MAX)
    throw hostile(path, `there are more than ${ENTRIES_MAX} files and folders`);
  if (entries.length === 0 && path.length > 0) throw hostile(path, 'it is a folder with nothing in it');
  return entries;
}

function checkPlace({ taken }: Listing, place: readonly string[]): void {
  const path = place.join('/');
  const problem = filePathProblem(path);
  if (problem !== null) throw hostile(place, problem);
  const folded = looselyFoldedPath(path);
  if (OWN_FOLDERS.test(folded.split('/', 1)[0]!))
    throw hostile(place, 'models and caches are not shared in this way');
  if (taken.has(folded)) throw hostile(place, 'another path differs from it only in case');
  taken.add(folded);
}

function addFile(listing: Listing, place: readonly string[], file: RegistryFile): void {
  const { kind, size } = listing.repository.objects.sizeOf(file.id);
  if (kind !== 'blob') throw hostile(place, `it is a ${kind}, not a file`);
  if (size > FILE_SIZE_MAX) throw hostile(place, `it has ${size} bytes; at most ${FILE_SIZE_MAX} are taken`);
  listing.size += size;
  if (listing.size > SIZE_MAX) throw hostile(place, `with it, the files have more than ${SIZE_MAX} bytes`);
  listing.files.set(place.join('/'), file);
}

/** Paths that two lists of files have something else at, sorted. */
export function changedPaths(before: RegistryFiles, after: RegistryFiles): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  const isSame = (one?: RegistryFile, other?: RegistryFile) =>
    one?.id === other?.id && one?.isExecutable === other?.isExecutable;
  return [...paths].filter((path) => !isSame(before.get(path), after.get(path))).sort();
}

export interface FilesToReplace {
  readonly before: RegistryFiles;
  readonly after: RegistryFiles;
}

/** Of the files that are to change, those that hold something else than they should: somebody's work, not committed. */
export async function unsavedPaths(
  { path: folder }: Pick<Registry, 'path'>,
  repository: Repository,
  { before, after }: FilesToReplace,
): Promise<string[]> {
  const unsaved: string[] = [];
  for (const path of changedPaths(before, after)) {
    const found = await readIfThere(join(folder, path), isToGo(path, { before, after }));
    const expected = [before.get(path), after.get(path)].map((file) => file && contentOf(repository, file));
    const isSaved = found !== IN_THE_WAY && expected.some((bytes) => isSameContent(found, bytes ?? null));
    if (!isSaved) unsaved.push(path);
  }
  return unsaved;
}

/** Makes the files in a registry's folder, and Git's index, what another commit has. */
export async function replaceFiles(
  { path: folder }: Pick<Registry, 'path'>,
  repository: Repository,
  { before, after }: FilesToReplace,
): Promise<void> {
  const changed = changedPaths(before, after);
  const written = changed.filter((path) => after.has(path));
  const removed = changed.filter((path) => !after.has(path));
  for (const path of removed) await rm(join(folder, path), { force: true });
  for (const path of written) {
    const file = after.get(path)!;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const mode = file.isExecutable ? 0o755 : 0o644;
    writeFileDurably(join(folder, path), contentOf(repository, file), { mode });
  }
  await recordInIndex(folder, { written, removed });
}

function contentOf({ objects }: Repository, { id }: RegistryFile): Buffer {
  return objects.readSync(id).bytes;
}

/** Whether a file stands where a path needs a folder, and goes to make room for it. */
function isToGo(path: string, { before, after }: FilesToReplace): boolean {
  const parts = path.split('/');
  const folders = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  return folders.some((folder) => before.has(folder) && !after.has(folder));
}

/** A folder in the place of a file, or a file in that of a folder. */
const IN_THE_WAY = 'in the way';

async function readIfThere(path: string, isRoomMade: boolean): Promise<Buffer | typeof IN_THE_WAY | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || (code === 'ENOTDIR' && isRoomMade)) return null;
    if (code === 'EISDIR' || code === 'ENOTDIR') return IN_THE_WAY;
    throw error;
  }
}

function isSameContent(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}

function hostile(path: readonly string[], reason: string): CairnError {
  const shown = JSON.stringify(path.join('/').slice(0, 200));
  return new CairnError('hostile', `${shown} of the shared registry cannot be taken over: ${reason}`, {
    hint: 'do not trust where this repository came from',
  });
}
