import { closeSync, type Dirent, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError, translated } from '../errors.ts';
import { isAbsence, readBounded } from '../files/bounded.ts';
import type { ObjectId } from '../objects/object-id.ts';
import {
  NO_PACKED_REFS,
  PACKED_REFS_SIZE_MAX,
  type PackedRef,
  type PackedRefs,
  parsePackedRefs,
} from './packed-refs.ts';
import { parseRefFile, REF_FILE_SIZE_MAX, type RefFile } from './ref-file.ts';
import { hasRefFolder, refPath } from './ref-folders.ts';
import { checkRefName, checkRefPrefix, isRefName } from './ref-name.ts';

/**
 * The value of a ref, or of `HEAD`, which may name a ref; null when there is none.
 *
 * Throws `damaged` when the ref's file or `packed-refs` is not what Git writes, `hostile` when a symbolic
 * link leads out of the repository, `unsupported` for a ref other than `HEAD` that names another ref.
 */
export function readRef(gitDir: string, name: string): ObjectId | null {
  if (name === 'HEAD') return readHead(gitDir).id;
  checkRefName(name);
  // First loose, then packed: packing writes the packed value before it removes the loose one.
  return readLooseValue(gitDir, name) ?? readPackedRefs(gitDir).refs.get(name)?.id ?? null;
}

export interface Head {
  /** The ref that `HEAD` names; null when it names an object itself. */
  readonly target: string | null;
  /** Null when the ref does not exist yet. */
  readonly id: ObjectId | null;
}

/** What `HEAD` names, and what that leads to. */
export function readHead(gitDir: string): Head {
  const head = readLooseRef(gitDir, 'HEAD');
  if (head === null) throw new StoreError('damaged', `${gitDir}: expected a file HEAD, got none`);
  return 'id' in head
    ? { target: null, id: head.id }
    : { target: head.target, id: readRef(gitDir, head.target) };
}

/** Takes the name of a ref that cannot be read, and why. */
export type OnBrokenRef = (name: string, error: StoreError) => void;

/**
 * All refs whose names begin with a prefix such as `refs/tags/`, by name. A loose ref stands before a packed
 * one; the peeled value is known for packed tags only. Refs that name other refs, as `refs/remotes/origin/HEAD`
 * does, are left out. One broken ref fails the whole, as a collector must not take it for none, unless broken
 * ones are given to `onBroken`.
 */
export function listRefs(gitDir: string, prefix: string, onBroken?: OnBrokenRef): Map<string, PackedRef> {
  checkRefPrefix(prefix);
  const broken = new Set<string>();
  const loose = readLooseRefs(
    gitDir,
    prefix,
    onBroken &&
      ((name, error) => {
        broken.add(name);
        onBroken(name, error);
      }),
  );
  const refs = new Map<string, PackedRef>();
  for (const [name, ref] of readPackedRefs(gitDir).refs) {
    if (name.startsWith(prefix) && !loose.has(name) && !broken.has(name)) refs.set(name, ref);
  }
  for (const [name, file] of loose) {
    if ('id' in file) refs.set(name, file);
  }
  return refs;
}

/** The file `packed-refs`; an empty one when there is none. */
export function readPackedRefs(gitDir: string): PackedRefs {
  const bytes = readBounded(join(gitDir, 'packed-refs'), PACKED_REFS_SIZE_MAX);
  return bytes === null ? NO_PACKED_REFS : parsePackedRefs(bytes);
}

/** The value in a ref's own file; null when there is none. Throws `unsupported` when it names another ref. */
export function readLooseValue(gitDir: string, name: string): ObjectId | null {
  const file = readLooseRef(gitDir, name);
  if (file === null) return null;
  if ('id' in file) return file.id;
  throw new StoreError(
    'unsupported',
    `${name}: expected an object id, got the name of another ref, ${file.target}`,
  );
}

/** The content of each loose ref's file whose name begins with a prefix. */
export function readLooseRefs(gitDir: string, prefix: string, onBroken?: OnBrokenRef): Map<string, RefFile> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/'));
  const refs = new Map<string, RefFile>();
  const buffer = Buffer.alloc(REF_FILE_SIZE_MAX + 1);
  if (!hasRefFolder(gitDir, `${folder}/x`)) return refs;
  for (const name of looseNames(gitDir, folder, onBroken)) {
    if (!name.startsWith(prefix)) continue;
    const bytes = readListed(refPath(gitDir, name), buffer);
    if (bytes === null) continue;
    try {
      refs.set(name, parseLoose(name, bytes));
    } catch (error) {
      if (!(onBroken && error instanceof StoreError)) throw error;
      onBroken(name, error);
    }
  }
  return refs;
}

function readLooseRef(gitDir: string, name: string): RefFile | null {
  if (!hasRefFolder(gitDir, name)) return null;
  const bytes = readBounded(refPath(gitDir, name), REF_FILE_SIZE_MAX);
  return bytes === null ? null : parseLoose(name, bytes);
}

function parseLoose(name: string, bytes: Buffer): RefFile {
  const file = parseRefFile(bytes);
  if (file !== null) return file;
  const found = JSON.stringify(bytes.toString('latin1', 0, 60));
  throw new StoreError('damaged', `${name}: expected an object id of 40 hex digits, got ${found}`, {
    data: { name },
  });
}

function* looseNames(gitDir: string, folder: string, onBroken?: OnBrokenRef): Generator<string> {
  for (const entry of entriesOf(refPath(gitDir, folder))) {
    // Git leaves out the same: hidden files and locks, with the temporary files of both.
    if (entry.name.startsWith('.') || entry.name.endsWith('.lock')) continue;
    const name = `${folder}/${entry.name}`;
    if (!isRefName(name)) throw new StoreError('damaged', `${JSON.stringify(name)} is not a ref name`);
    if (entry.isDirectory()) yield* looseNames(gitDir, name, onBroken);
    else if (entry.isFile()) yield name;
    else {
      const error = new StoreError(
        'hostile',
        `${name}: expected a file or folder of refs, got a link or device`,
      );
      if (!onBroken) throw error;
      onBroken(name, error);
    }
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw translated(error, `read ${folder}`);
  }
}

/** Reads a file that a listing has just shown into one buffer for all; null when it has gone since. */
function readListed(path: string, buffer: Buffer): Buffer | null {
  try {
    const fd = openSync(path, 'r');
    try {
      return buffer.subarray(0, readSync(fd, buffer));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isAbsence(error)) return null;
    throw translated(error, `read ${path}`);
  }
}
