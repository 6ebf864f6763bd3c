import { join } from 'node:path';
import { removeIfThere, writeFileDurably } from '../files/durable.ts';
import type { Patience } from '../files/patience.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { encodePackedRefs, type PackedRef, type PackedRefs } from './packed-refs.ts';
import { readLooseRefs, readLooseValue, readPackedRefs } from './read-refs.ts';
import { refPath, removeEmptyParents } from './ref-folders.ts';
import { lockPackedRefs, tryLockRef } from './ref-lock.ts';

export interface PackRefsOptions extends Patience {
  /**
   * What an annotated tag leads to in the end; null for any other object. Without it the file says nothing
   * of refs whose peeled value is not known, and readers look at the objects.
   */
  readonly peel?: (id: ObjectId) => ObjectId | null;
}

/**
 * Moves all loose refs into the file `packed-refs`, as `git pack-refs --all` does, so that a listing of many
 * reads one file. Refs that name other refs stay loose, and so do those that are locked at that moment.
 *
 * Throws `locked` when another process rewrites the file for too long, `damaged` for a broken ref, `cancelled`.
 */
export async function packRefs(gitDir: string, options: PackRefsOptions): Promise<void> {
  const lock = await lockPackedRefs(gitDir, options);
  try {
    const loose = looseValues(gitDir);
    if (loose.size === 0) return;
    const packed = merged(readPackedRefs(gitDir), loose, options.peel);
    writeFileDurably(join(gitDir, 'packed-refs'), encodePackedRefs(packed));
    // Still under the lock: nobody can delete a ref and create it again between the packing and this.
    for (const [name, id] of loose) removePacked(gitDir, name, id);
  } finally {
    lock.release();
  }
}

/** Refs that belong to one working tree, which Git never packs. */
const UNSHARED = ['refs/bisect/', 'refs/worktree/', 'refs/rewritten/'];

function looseValues(gitDir: string): Map<string, ObjectId> {
  const values = new Map<string, ObjectId>();
  for (const [name, file] of readLooseRefs(gitDir, 'refs/')) {
    if ('id' in file && !UNSHARED.some((prefix) => name.startsWith(prefix))) values.set(name, file.id);
  }
  return values;
}

function merged(
  packed: PackedRefs,
  loose: ReadonlyMap<string, ObjectId>,
  peel: PackRefsOptions['peel'],
): PackedRefs {
  const refs = new Map<string, PackedRef>();
  for (const [name, ref] of packed.refs) {
    refs.set(name, packed.fullyPeeled ? ref : peeledRef(ref, peel));
  }
  for (const [name, id] of loose) {
    if (refs.get(name)?.id !== id) refs.set(name, peeledRef({ id }, peel));
  }
  return { refs, fullyPeeled: peel !== undefined };
}

function peeledRef(ref: PackedRef, peel: PackRefsOptions['peel']): PackedRef {
  const peeled = peel?.(ref.id) ?? null;
  return peeled === null ? ref : { id: ref.id, peeled };
}

/** Removes a loose ref, unless it has moved since it was packed or someone is about to move it. */
function removePacked(gitDir: string, name: string, id: ObjectId): void {
  const lock = tryLockRef(gitDir, name);
  if (lock === null) return;
  try {
    if (readLooseValue(gitDir, name) === id) removeIfThere(refPath(gitDir, name));
  } finally {
    lock.release();
  }
  removeEmptyParents(gitDir, name);
}
