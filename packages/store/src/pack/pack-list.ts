import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { StoreError, systemCode, translated } from '../errors.ts';
import type { OpenFiles } from './open-files.ts';
import { PackFile } from './pack-file.ts';
import { INDEX_LOADED_MAX } from './pack-index.ts';

/** Bytes of indexes held in memory, all packs together: 64 MiB, 2.4 million objects. The rest is read in ranges. */
const LOADED_INDEXES_MAX = 64 * 1024 * 1024;

const INDEX_SUFFIX = '.idx';

/**
 * The packs of a repository, the one that was useful last first. Whatever else lies beside them (a multi-pack
 * index, bitmaps, reverse indexes, marks for `git gc`) does not matter for reading.
 */
export class PackList {
  readonly #folder: string;
  readonly #files: OpenFiles;
  #packs: PackFile[] = [];
  #modified: bigint | undefined;
  #indexRoom = LOADED_INDEXES_MAX;

  constructor(folder: string, files: OpenFiles) {
    this.#folder = folder;
    this.#files = files;
    this.refresh();
  }

  get packs(): readonly PackFile[] {
    return this.#packs;
  }

  /** Reads the folder anew. Packs that are still there keep their place and what is known about them. */
  refresh(): void {
    // Taken before the listing: what changes in between is then seen as a change the next time.
    this.#modified = modificationOf(this.#folder);
    const names = new Set(packNames(this.#folder));
    const kept: PackFile[] = [];
    for (const pack of this.#packs) {
      if (names.delete(pack.name)) kept.push(pack);
      else this.#forget(pack);
    }
    this.#packs = [...Array.from(names, (name) => new PackFile(this.#folder, name, this.#files)), ...kept];
  }

  /** Refreshes when the folder changed since, and says whether it did. */
  refreshIfChanged(): boolean {
    if (modificationOf(this.#folder) === this.#modified) return false;
    this.refresh();
    return true;
  }

  /** Where an object begins in one pack; `null` when it is not in there. */
  find(pack: PackFile, id: Buffer): number | null {
    if (!pack.isIndexOpen) {
      const index = pack.openIndex(Math.min(INDEX_LOADED_MAX, this.#indexRoom));
      this.#indexRoom -= index.loadedSize;
    }
    return pack.index.find(id);
  }

  /** Lets the next search begin with this pack. */
  moveToFront(pack: PackFile): void {
    if (this.#packs[0] === pack) return;
    this.#packs = [pack, ...this.#packs.filter((other) => other !== pack)];
  }

  #forget(pack: PackFile): void {
    this.#files.drop(pack.packPath);
    this.#files.drop(pack.indexPath);
    if (pack.isIndexOpen) this.#indexRoom += pack.index.loadedSize;
  }
}

function packNames(folder: string): string[] {
  const names = entriesOf(folder);
  const packs = new Set(
    names.filter((name) => name.endsWith('.pack')).map((name) => name.slice(0, -'.pack'.length)),
  );
  return names
    .filter((name) => name.startsWith('pack-') && name.endsWith(INDEX_SUFFIX))
    .map((name) => name.slice(0, -INDEX_SUFFIX.length))
    .filter((name) => packs.has(name));
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw translated(error, `list ${folder}`);
  }
}

function modificationOf(folder: string): bigint | undefined {
  try {
    const stats: BigIntStats | undefined = statSync(folder, { bigint: true, throwIfNoEntry: false });
    return stats?.mtimeNs;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw translated(error, `look at ${folder}`);
  }
}
