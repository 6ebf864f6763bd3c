import { join } from 'node:path';
import { isWritersMark, KEEP_SUFFIX } from '../pack/keep-file.ts';
import { type FileOnDisk, filesIn, totalSize } from './files-on-disk.ts';

/** A pack with the files that lie beside it, by their suffixes: `pack`, `idx`, and what Git adds. */
export class PackOnDisk {
  /** Such as `pack-<40 hex digits>`. */
  readonly name: string;
  readonly files: ReadonlyMap<string, FileOnDisk>;

  constructor(name: string, files: ReadonlyMap<string, FileOnDisk>) {
    this.name = name;
    this.files = files;
  }

  /** Neither Git nor Cairn sees a pack without both. */
  get isComplete(): boolean {
    return this.files.has('pack') && this.files.has('idx');
  }

  /** Someone has said that it is to stay as it is. */
  get isKept(): boolean {
    return this.files.has('keep');
  }

  /** It came from a remote as part of a partial clone: what it refers to may be missing here. */
  get isPromisor(): boolean {
    return this.files.has('promisor');
  }

  /** Bytes of all its files. */
  get size(): number {
    return totalSize(this.files.values());
  }

  /** As Git counts it: when the last object was written into it, or found in it by a writer. */
  get modifiedMs(): number {
    return this.files.get('pack')?.modifiedMs ?? 0;
  }

  /**
   * Its files in the order in which they are removed. Without its index a pack is out of sight for Git and for
   * Cairn at once, so that a crash in between leaves garbage, and never an index whose pack is gone.
   */
  filesToRemove(): FileOnDisk[] {
    const suffixes = new Set(['idx', 'pack', ...this.files.keys()]);
    return [...suffixes].flatMap((suffix) => this.files.get(suffix) ?? []);
  }
}

const PACK_FILE = /^(pack-.+)\.(pack|idx|rev|bitmap|mtimes|keep|promisor)$/;

export function packFolderOf(gitDir: string): string {
  return join(gitDir, 'objects', 'pack');
}

/**
 * All packs of a folder by their names, incomplete ones too. Whoever is alone in the repository can leave out the
 * marks that writers have left there which ended early.
 */
export function packsOnDisk(folder: string, isAlone = false): Map<string, PackOnDisk> {
  const groups = new Map<string, Map<string, FileOnDisk>>();
  const marks = new Set(isAlone ? writersMarks(folder).map(({ name }) => name) : []);
  for (const file of filesIn(folder, (name) => PACK_FILE.test(name) && !marks.has(name))) {
    const [, name = '', suffix = ''] = PACK_FILE.exec(file.name) ?? [];
    const group = groups.get(name) ?? new Map<string, FileOnDisk>();
    groups.set(name, group.set(suffix, file));
  }
  return new Map(Array.from(groups, ([name, files]) => [name, new PackOnDisk(name, files)]));
}

/** The marks by which writers keep their packs from Git until the refs are written. */
export function writersMarks(folder: string): FileOnDisk[] {
  return filesIn(folder, (name) => name.endsWith(KEEP_SUFFIX)).filter(({ path }) => isWritersMark(path));
}
