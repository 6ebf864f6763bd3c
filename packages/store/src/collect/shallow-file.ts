import { join } from 'node:path';
import { entryAt } from '../files/bounded.ts';
import { removeIfThere, writeFileDurably } from '../files/durable.ts';
import { tryLock } from '../files/lock.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { shallowCommits } from './roots.ts';

/** What the file `shallow` is to hold once commits are gone. */
export interface ShallowChange {
  /** Null for no file at all. */
  readonly text: string | null;
  /** Bytes that come free. */
  readonly freed: number;
}

/** Takes commits that are gone off the list, as `git prune` does; null when all of them are still there. */
export function planShallow(gitDir: string, isGone: (id: ObjectId) => boolean): ShallowChange | null {
  const commits = [...shallowCommits(gitDir)];
  const staying = commits.filter((id) => !isGone(id));
  if (staying.length === commits.length) return null;
  const text = staying.length === 0 ? null : staying.map((id) => `${id}\n`).join('');
  return { text, freed: (entryAt(shallowPath(gitDir))?.size ?? 0) - (text?.length ?? 0) };
}

/** Under the lock that Git takes for the same. When Git has it, the list is left for the next time. */
export function writeShallow(gitDir: string, { text }: ShallowChange): void {
  const path = shallowPath(gitDir);
  const lock = tryLock(path, 'collect garbage');
  if (lock === null) return;
  try {
    if (text === null) removeIfThere(path);
    else writeFileDurably(path, text);
  } finally {
    lock.release();
  }
}

function shallowPath(gitDir: string): string {
  return join(gitDir, 'shallow');
}
