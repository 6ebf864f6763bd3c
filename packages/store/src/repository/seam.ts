import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { readBounded } from '../files/bounded.ts';
import { writeFileDurably } from '../files/durable.ts';
import type { ObjectId } from '../objects/object-id.ts';
import type { Repository } from './open.ts';
import { type ObjectSink, SeamObjects } from './seam-objects.ts';

export type { ObjectSink } from './seam-objects.ts';

/** What isomorphic-git is given instead of a disk: pass both to any of its functions. */
export interface Seam {
  readonly fs: { readonly promises: SeamFiles };
  /** The repository's folder, as it is called on the other side of the seam on every platform. */
  readonly gitdir: string;
}

/**
 * The file system through which isomorphic-git sees a repository. isomorphic-git loads whole packs into
 * memory, writes in place and locks within one process only, so the seam
 *
 * - answers the read of a loose object from wherever the object is, and shows no packs;
 * - gives objects that are written to the sink, and reads them back from there; without a sink they are
 *   written as loose objects, durably;
 * - writes other files durably, and refuses to write refs, which only compare-and-swap under locks may move.
 */
export function createSeam(repository: Pick<Repository, 'gitDir' | 'objects'>, sink?: ObjectSink): Seam {
  const objects = new SeamObjects(repository.gitDir, repository.objects, sink);
  return { fs: { promises: seamFiles(repository.gitDir, objects) }, gitdir: ROOT };
}

/** The ten functions that isomorphic-git takes from a file system. */
export interface SeamFiles {
  readFile(path: string, options?: Encoding): Promise<Buffer | string>;
  writeFile(path: string, bytes: Uint8Array | string): Promise<void>;
  mkdir(path: string): Promise<void>;
  stat(path: string): Promise<Stats | FileLike>;
  lstat(path: string): Promise<Stats | FileLike>;
  readdir(path: string): Promise<string[]>;
  readlink(path: string): Promise<never>;
  unlink(path: string): Promise<never>;
  rmdir(path: string): Promise<never>;
  symlink(target: string, path: string): Promise<never>;
}

type Encoding = BufferEncoding | { readonly encoding?: BufferEncoding } | undefined;

/** As much of `Stats` as is asked of an object. */
interface FileLike {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

const OBJECT_FILE: FileLike = { isFile: () => true, isDirectory: () => false, isSymbolicLink: () => false };

/** Not a real path, so that Windows paths never meet isomorphic-git's own joining of paths. */
const ROOT = '/repository';

/** Bytes of the files beside the objects that isomorphic-git reads: the largest is `packed-refs`. */
const FILE_SIZE_MAX = 64 * 1024 * 1024;

function seamFiles(gitDir: string, objects: SeamObjects): SeamFiles {
  const stat = async (path: string) => statAt(placeOf(gitDir, path), objects);
  return {
    stat,
    lstat: stat,
    readFile: async (path, options) => encoded(await readAt(placeOf(gitDir, path), objects), options),
    writeFile: async (path, bytes) => writeAt(placeOf(gitDir, path), objects, bytes),
    mkdir: async (path) => refuseUnlessMade(placeOf(gitDir, path)),
    readdir: async (path) => listAt(placeOf(gitDir, path)),
    readlink: async (path) => refuse('read the link', path),
    unlink: async (path) => refuse('remove', path),
    rmdir: async (path) => refuse('remove', path),
    symlink: async (_, path) => refuse('link', path),
  };
}

/** Where a path leads: to an object, to a folder of objects, or to a file that may or may not be written. */
type Place =
  | { readonly kind: 'object'; readonly name: string; readonly id: ObjectId }
  | { readonly kind: 'objects' | 'root' | 'ref' | 'file'; readonly name: string; readonly path: string };

const OBJECT = /^objects\/([0-9a-f]{2})\/([0-9a-f]{38})$/;
const REF = /^(?:refs(?:\/|$)|packed-refs|[A-Z_]*HEAD$)|\.lock$/;

function placeOf(gitDir: string, path: string): Place {
  const name = path.slice(ROOT.length + 1);
  const components = name.split('/');
  if (path === ROOT) return { kind: 'root', name, path: gitDir };
  if (
    !path.startsWith(`${ROOT}/`) ||
    components.some((each) => ['', '.', '..'].includes(each) || /[\\\0]/.test(each))
  ) {
    throw new StoreError('hostile', `${JSON.stringify(path)} leads out of the repository`);
  }
  const [, prefix, rest] = OBJECT.exec(name) ?? [];
  if (prefix !== undefined && rest !== undefined)
    return { kind: 'object', name, id: (prefix + rest) as ObjectId };
  const kind = components[0] === 'objects' ? 'objects' : REF.test(name) ? 'ref' : 'file';
  return { kind, name, path: join(gitDir, ...components) };
}

function statAt(place: Place, objects: SeamObjects): Stats | FileLike {
  if (place.kind !== 'object') return lstatSync(place.path);
  if (objects.has(place.id)) return OBJECT_FILE;
  throw missing(place.name);
}

async function readAt(place: Place, objects: SeamObjects): Promise<Buffer> {
  const bytes =
    place.kind === 'object' ? await objects.readFile(place.id) : readBounded(place.path, FILE_SIZE_MAX);
  if (bytes === null) throw missing(place.name);
  return bytes;
}

async function writeAt(place: Place, objects: SeamObjects, bytes: Uint8Array | string): Promise<void> {
  if (place.kind === 'object') return objects.writeFile(place.id, Buffer.from(bytes));
  if (place.kind !== 'file') return refuse('write', place.name);
  writeFileDurably(place.path, bytes);
}

/** Packs and folders of loose objects look empty: objects are asked for one by one. */
function listAt(place: Place): string[] {
  if (place.kind === 'object' || place.kind === 'objects') return [];
  return readdirSync(place.path);
}

/** After a failed write isomorphic-git makes the folder and tries again. */
function refuseUnlessMade(place: Place): void {
  if (place.kind === 'ref' || place.kind === 'file') refuse('make the folder', place.name);
}

function refuse(doing: string, name: string): never {
  throw new StoreError(
    'unsupported',
    `isomorphic-git may not ${doing} ${name}: only objects and settings pass its seam`,
  );
}

function missing(name: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, ${name}`), { code: 'ENOENT' });
}

function encoded(bytes: Buffer, options: Encoding): Buffer | string {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return encoding === undefined ? bytes : bytes.toString(encoding);
}
