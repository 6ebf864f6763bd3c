import { foldedPath } from '../file-path.ts';
import { withoutSlash } from './archive-entry.ts';
import { hostile, shown } from './archive-errors.ts';
import { ENTRIES_MAX } from './archive-limits.ts';

/** Folders within folders, at most: file systems and people lose their way before. */
export const DEPTH_MAX = 100;

/**
 * The names in an archive, as they come: no path twice, not even on a disk that ignores case, and no file where another
 * entry needs a folder.
 */
export class ArchivePaths {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();
  /** Folders that others stand in, with one of those. */
  readonly #needed = new Map<string, string>();

  /** Takes the next name; that of a folder ends in `/`. Throws `hostile` when it cannot stand beside the others. */
  add(name: string): void {
    checkDepth(name);
    const folded = foldedPath(withoutSlash(name));
    const isFolder = name.endsWith('/');
    const seen = isFolder ? this.#folders : this.#files;
    const other = seen.get(folded);
    if (other !== undefined) {
      throw hostile(`it has ${shown(name)} twice, or names that differ only in case: ${shown(other)}`);
    }
    if ((isFolder ? this.#files : this.#folders).has(folded))
      throw hostile(`${shown(name)} is a file and a folder`);
    const inside = isFolder ? undefined : this.#needed.get(folded);
    if (inside !== undefined) throw hostile(`${shown(inside)} lies in ${shown(name)}, which is a file`);
    seen.set(folded, name);
    this.#addAbove(folded, name);
  }

  #addAbove(folded: string, name: string): void {
    for (let end = folded.lastIndexOf('/'); end > 0; end = folded.lastIndexOf('/', end - 1)) {
      const folder = folded.slice(0, end);
      const above = this.#files.get(folder);
      if (above !== undefined) throw hostile(`${shown(name)} lies in ${shown(above)}, which is a file`);
      if (this.#needed.has(folder)) return;
      this.#needed.set(folder, name);
      if (this.#needed.size > ENTRIES_MAX)
        throw hostile(`its files stand in more than ${ENTRIES_MAX} folders`);
    }
  }
}

function checkDepth(name: string): void {
  const depth = name.split('/').length;
  if (depth > DEPTH_MAX)
    throw hostile(`${shown(name)} lies ${depth} folders deep; at most ${DEPTH_MAX} are made`);
}
