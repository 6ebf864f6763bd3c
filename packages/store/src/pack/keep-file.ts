import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBounded } from '../files/bounded.ts';
import { placeNew, removeIfThere, temporaryPath } from '../files/durable.ts';

export const KEEP_SUFFIX = '.keep';

/** What such a file says, before the label of the writer. Whoever else keeps a pack writes something else, or nothing. */
const MARK = 'cairn ';

/** Bytes: the mark, a label and a line break. */
const KEEP_SIZE_MAX = 200;

/**
 * Marks a pack, before it is there, as one that Git must not drop: `git repack -a -d` would take it for garbage, as
 * no ref leads to it yet, and remove it after the ref was written. Git's own `receive-pack` does the same
 * (git-index-pack(1), `--keep`). The mark is whole or absent, as an empty one would be taken for somebody else's; it
 * need not outlive the machine's next start, as no Git does.
 */
export function keepPack(packPath: string, label: string): void {
  const temporary = temporaryPath(dirname(packPath));
  try {
    writeFileSync(temporary, `${MARK}${label}\n`, { flag: 'wx' });
    placeNew(temporary, packPath + KEEP_SUFFIX);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
}

/** Takes back the marks of a writer whose refs are written, or who has given up. */
export function releasePacks(packFolder: string, label: string): void {
  for (const name of readdirSync(packFolder)) {
    const path = join(packFolder, name);
    if (name.endsWith(KEEP_SUFFIX) && markOf(path) === `${MARK}${label}\n`) removeIfThere(path);
  }
}

/** Whether a `.keep` file is the mark of a writer: where no writer is at work, it means nothing. */
export function isWritersMark(path: string): boolean {
  return markOf(path)?.startsWith(MARK) ?? false;
}

function markOf(path: string): string | null {
  try {
    return readBounded(path, KEEP_SIZE_MAX)?.toString('latin1') ?? null;
  } catch {
    return null;
  }
}
