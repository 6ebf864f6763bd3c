import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type ObjectId,
  parseTree,
  type Repository,
  recordInIndex,
  systemCode,
  writeFileDurably,
} from '@cairn/store';
import { CairnError } from '../errors.ts';
import { filePathProblem } from '../file-path.ts';
import type { Registry } from '../registry/registry.ts';

/** A file of the registry's own branch. */
export interface RegistryFile {
  readonly id: ObjectId;
  readonly isExecutable: boolean;
}

/** By path. */
export type RegistryFiles = ReadonlyMap<string, RegistryFile>;

/** Files beside the models: a description, a README, a list of signers, some scripts. */
const FILES_MAX = 10_000;
const FILE_SIZE_MAX = 64 * 1024 * 1024;
const DEPTH_MAX = 32;

/** What is this machine's own in a registry's folder: files there would become repositories, or settings of Git. */
const OWN_FOLDERS = /^(?:models|\.cairn|\.git)$/i;

/**
 * Files of a commit's tree. Throws `hostile` for what must not be written into a registry's folder: links, paths that
 * lead elsewhere, anything in the place of the models.
 */
export function listRegistryFiles(repository: Repository, tree: ObjectId | null): RegistryFiles {
  const files = new Map<string, RegistryFile>();
  if (tree !== null) addFolder(repository, { tree, path: [] }, files);
  return files;
}

interface Folder {
  readonly tree: ObjectId;
  readonly path: readonly string[];
}

function addFolder(repository: Repository, { tree, path }: Folder, files: Map<string, RegistryFile>): void {
  if (path.length > DEPTH_MAX) throw hostile(path, 'it is nested too deeply');
  const { kind, bytes } = repository.objects.readSync(tree);
  if (kind !== 'tree') throw new CairnError('damaged', `expected ${tree} to be a tree, got a ${kind}`);
  for (const { mode, name, id } of parseTree(bytes)) {
    const place = [...path, name];
    if (path.length === 0 && OWN_FOLDERS.test(name.replace(/[ .]+$/, '')))
      throw hostile(place, 'models and caches are not shared in this way');
    const problem = filePathProblem(place.join('/'));
    if (problem !== null) throw hostile(place, problem);
    if (mode === '40000') addFolder(repository, { tree: id, path: place }, files);
    else if (mode !== '100644' && mode !== '100755')
      throw hostile(place, 'it is neither a file nor a folder');
    else files.set(place.join('/'), { id, isExecutable: mode === '100755' });
    if (files.size > FILES_MAX) throw hostile(place, `there are more than ${FILES_MAX} files`);
  }
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
    const found = await readIfThere(join(folder, path));
    const expected = [before.get(path), after.get(path)].map(
      (file) => file && contentOf(repository, path, file),
    );
    if (!expected.some((bytes) => isSameContent(found, bytes ?? null))) unsaved.push(path);
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
    writeFileDurably(join(folder, path), contentOf(repository, path, file), { mode });
  }
  await recordInIndex(folder, { written, removed });
}

function contentOf({ objects }: Repository, path: string, { id }: RegistryFile): Buffer {
  const { size } = objects.sizeOf(id);
  if (size > FILE_SIZE_MAX) throw hostile([path], `it has ${size} bytes; at most ${FILE_SIZE_MAX} are taken`);
  return objects.readSync(id).bytes;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
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
