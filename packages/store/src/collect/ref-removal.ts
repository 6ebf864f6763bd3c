import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { entryAt } from '../files/bounded.ts';
import { removeIfThere } from '../files/durable.ts';
import type { Patience } from '../files/patience.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { encodePackedRefs } from '../refs/packed-refs.ts';
import { readPackedRefs } from '../refs/read-refs.ts';
import { refPath } from '../refs/ref-folders.ts';
import { updateRefs } from '../refs/ref-store.ts';
import { type RefSnapshot, reflogFolder } from './roots.ts';

/** Refs that are to go. */
export interface RefRemoval {
  readonly refs: ReadonlyMap<string, ObjectId>;
  /** Bytes of their files, their lines in `packed-refs` and their logs. */
  readonly freed: number;
}

/** Throws `not-found` for a name that is no ref. */
export function planRefRemoval(gitDir: string, names: readonly string[], { refs }: RefSnapshot): RefRemoval {
  const removed = new Map<string, ObjectId>();
  for (const name of names) {
    const id = refs.get(name);
    if (id === undefined) {
      throw new StoreError('not-found', `${gitDir}: no ref ${JSON.stringify(name.slice(0, 200))}`, {
        data: { name },
      });
    }
    removed.set(name, id);
  }
  return { refs: removed, freed: bytesOf(gitDir, removed.keys()) };
}

function bytesOf(gitDir: string, names: Iterable<string>): number {
  const packed = readPackedRefs(gitDir);
  const remaining = new Map(packed.refs);
  let freed = 0;
  for (const name of names) {
    remaining.delete(name);
    freed += sizeAt(refPath(gitDir, name)) + sizeAt(logPath(gitDir, name));
  }
  if (remaining.size === packed.refs.size) return freed;
  const after = Buffer.byteLength(encodePackedRefs({ ...packed, refs: remaining }));
  return freed + sizeAt(join(gitDir, 'packed-refs')) - after;
}

function sizeAt(path: string): number {
  const entry = entryAt(path);
  return entry?.isFile() ? entry.size : 0;
}

function logPath(gitDir: string, name: string): string {
  return join(reflogFolder(gitDir), ...name.split('/'));
}

/** Deletes the refs together, as long as all of them are what they were. Throws as `updateRefs` does. */
export async function removeRefs(gitDir: string, { refs }: RefRemoval, patience: Patience): Promise<void> {
  const changes = Array.from(refs, ([name, id]) => ({ name, expect: id, to: null }));
  await updateRefs(gitDir, changes, patience);
  for (const name of refs.keys()) removeIfThere(logPath(gitDir, name));
}
