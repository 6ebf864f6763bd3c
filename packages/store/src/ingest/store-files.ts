import { availableParallelism } from 'node:os';
import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { encodeTree, type TreeEntry } from '../objects/tree.ts';
import { partFileName } from '../parts/names.ts';
import { errorFromMessage, startThread, type Thread } from '../threads/thread.ts';
import { inlineLane, type Lane, threadLane } from './lane.ts';
import type { ObjectWriter } from './object-writer.ts';
import { readFiles } from './reader.ts';
import type { FromReader, ReaderData } from './reader-messages.ts';
import type { ReadFile, Slab } from './slab.ts';
import { createSlots, releaseSlot, type Slots, slotBytes, takeSlot } from './slots.ts';
import type { SourceFile, StoredFile } from './source-file.ts';

/** Below this, starting threads costs more than they bring. */
const THREADS_FROM = { bytes: 24 * 1024 * 1024, files: 4000 };

/** More packing threads than this wait for the disk, not for the processor. */
const LANES_MAX = 4;

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
  const threaded = options.bytesExpected >= THREADS_FROM.bytes || files.length >= THREADS_FROM.files;
  await (threaded ? storeInThreads : storeInline)(writer, files, collection);
  return collection.storedFiles();
}

async function storeInline(
  writer: ObjectWriter,
  files: readonly SourceFile[],
  collection: Collection,
): Promise<void> {
  const slots = createSlots(2);
  const lane = inlineLane(writer.inlinePacker, slots);
  const source = { take: () => takeSlot(slots), bytes: (slot: number) => slotBytes(slots, slot) };
  for (const slab of readFiles(files, source)) {
    await collection.store(slab, lane);
    releaseSlot(slots, slab.slot);
  }
}

async function storeInThreads(
  writer: ObjectWriter,
  files: readonly SourceFile[],
  collection: Collection,
): Promise<void> {
  const laneCount = Math.min(availableParallelism(), LANES_MAX);
  const slots = createSlots(2 * laneCount + 1);
  const lanes = Array.from({ length: laneCount }, () =>
    threadLane({ folder: writer.folder, label: writer.label, slots }),
  );
  for (const lane of lanes) writer.adopt(lane);
  await pump(files, slots, (slab) => collection.store(slab, leastLoaded(lanes)));
}

/** Runs the reading thread to its end, handing every slab on and giving its slot back. */
async function pump(
  files: readonly SourceFile[],
  slots: Slots,
  store: (slab: Slab) => Promise<void>,
): Promise<void> {
  const underway = new Set<Promise<void>>();
  let reader: Thread<never> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      reader = startThread<never, FromReader>(
        import.meta.url,
        'reader-thread',
        { files, slots } satisfies ReaderData,
        {
          onMessage: (message) => {
            if (message.kind === 'end') resolve();
            else if (message.kind === 'error') reject(errorFromMessage(message.error));
            else {
              const { slab } = message;
              const stored = store(slab).then(() => releaseSlot(slots, slab.slot));
              underway.add(stored);
              stored.then(() => underway.delete(stored), reject);
            }
          },
          onBroken: reject,
        },
      );
    });
    await Promise.all(underway);
  } finally {
    await reader?.stop();
  }
}

function leastLoaded(lanes: readonly Lane[]): Lane {
  return lanes.reduce((least, lane) => (lane.load < least.load ? lane : least));
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

  async store(slab: Slab, lane: Lane): Promise<void> {
    this.checkCancelled();
    const ids = await lane.store(slab, (found) =>
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
