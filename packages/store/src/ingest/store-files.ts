import { setImmediate } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { encodeTree, type TreeEntry } from '../objects/tree.ts';
import { partFileName } from '../parts/names.ts';
import type { ObjectWriter } from './object-writer.ts';
import type { Packing } from './packing.ts';
import { readFiles } from './reader.ts';
import type { ReadFile, Slab } from './slab.ts';
import type { SourceFile, StoredFile } from './source-file.ts';

export interface StoreFilesOptions {
  readonly signal?: AbortSignal;
  /** Bytes of all files, as far as known; decides whether threads are worth it. */
  readonly bytesExpected: number;
  /** Called as bytes and files are done. */
  readonly onProgress?: (done: { readonly bytes: number; readonly files: number }) => void;
}

/**
 * Stores files as blobs and parts within a transaction, reading each once. Results come in the order given.
 * Memory is bounded by the slots, whatever the files' sizes.
 */
export async function storeFiles(
  writer: ObjectWriter,
  files: readonly SourceFile[],
  options: StoreFilesOptions,
): Promise<StoredFile[]> {
  const collection = new Collection(writer, files.length, options);
  collection.checkCancelled();
  const packing = writer.packing({ bytes: options.bytesExpected, files: files.length });
  await readAndPack(files, packing, (slab) => collection.store(slab, packing));
  return collection.storedFiles();
}

/**
 * Reads on this thread, which computes each file's SHA-256 on the way, and hands on every slab while the next one is
 * read.
 */
async function readAndPack(
  files: readonly SourceFile[],
  packing: Packing,
  store: (slab: Slab) => Promise<void>,
): Promise<void> {
  // The reader goes on in a new slot before it gives out the full one: two for the first slab, one for each other.
  const slots = [await packing.take(), await packing.take()];
  const underway = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const source = { take: () => slots.pop()!, bytes: (slot: number) => packing.bytes(slot) };
  try {
    for (const slab of readFiles(files, source)) {
      const stored = store(slab)
        .catch((error) => failures.push(error))
        .then(() => packing.giveBack(slab.slot))
        .then(() => void underway.delete(stored));
      underway.add(stored);
      slots.push(await packing.take());
      // Answers of the packing threads wait until this thread looks up.
      await setImmediate();
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(underway);
    for (const slot of slots) packing.giveBack(slot);
  }
  if (failures.length > 0) throw failures[0];
}

interface PartEntry {
  readonly start: number;
  readonly name: string;
  readonly id: ObjectId;
}

/** What has come out of the lanes, file by file, until the last part of each is there. */
class Collection {
  readonly #writer: ObjectWriter;
  readonly #options: StoreFilesOptions;
  readonly #parts: PartEntry[][];
  readonly #read: ReadFile[] = [];
  readonly #done = { bytes: 0, files: 0 };

  constructor(writer: ObjectWriter, files: number, options: StoreFilesOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#parts = Array.from({ length: files }, () => []);
  }

  async store(slab: Slab, packing: Packing): Promise<void> {
    this.checkCancelled();
    const ids = await packing.store(slab, (found) =>
      found.map((id, index) => (this.#writer.claim(id, slab.pieces[index]!.size) ? id : null)),
    );
    this.checkCancelled();
    for (const [index, { file, start, name, size }] of slab.pieces.entries()) {
      this.#parts[file]!.push({ start, name, id: ids[index]! });
      this.#done.bytes += size;
    }
    this.#read.push(...slab.ended);
    this.#done.files += slab.ended.length;
    this.#options.onProgress?.({ ...this.#done });
  }

  storedFiles(): StoredFile[] {
    const stored: StoredFile[] = [];
    for (const { file, parted, ...rest } of this.#read) {
      const parts = this.#parts[file]!;
      stored[file] = {
        ...rest,
        content: parted ? this.#partsTree(parts) : { kind: 'blob', id: parts[0]!.id },
      };
    }
    return stored;
  }

  #partsTree(parts: PartEntry[]): StoredFile['content'] {
    const entries = parts
      .sort((a, b) => a.start - b.start)
      .map(({ start, name, id }): TreeEntry => ({ mode: '100644', name: partFileName({ start, name }), id }));
    return { kind: 'parts', tree: this.#writer.add('tree', encodeTree(entries)), count: entries.length };
  }

  checkCancelled(): void {
    if (this.#options.signal?.aborted) throw new StoreError('cancelled', 'storing files was cancelled');
  }
}
