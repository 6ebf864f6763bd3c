import { StoreError } from '../errors.ts';
import { encodeTree, type TreeEntry } from '../objects/tree.ts';
import { FILE_SIZE_MAX, PART_SIZE_MAX } from '../parts/constants.ts';
import { partFileName } from '../parts/names.ts';
import type { StreamHash } from './hashing.ts';
import type { ObjectWriter } from './object-writer.ts';
import type { Packing } from './packing.ts';
import type { Piece } from './slab.ts';
import { SLOT_SIZE } from './slots.ts';
import type { StoredFile } from './source-file.ts';

/** Bytes to store as one file, in the order they come. */
export interface ContentStream {
  /** What messages call it. */
  readonly path: string;
  /** Bytes of every part but the first and the last; at most 4 MiB. */
  readonly partSize: number;
  /** Bytes of the first part, where it differs. */
  readonly firstPart?: number;
  /** Each is used up before the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface StoreStreamOptions {
  readonly signal?: AbortSignal;
  /** Bytes of all streams of the transaction, as far as known; decides whether threads are worth it. */
  readonly bytesExpected: number;
}

/** A stream as it now stands in the repository. */
export type StoredStream = Pick<StoredFile, 'size' | 'sha256' | 'content'>;

/**
 * Stores a stream within a transaction as a file of parts of a fixed size, reading it once; one that is no longer
 * than its first part becomes one blob. Memory is bounded by the slots, which all streams of the transaction share.
 * What the stream throws comes out unchanged.
 */
export async function storeStream(
  writer: ObjectWriter,
  stream: ContentStream,
  options: StoreStreamOptions,
): Promise<StoredStream> {
  const intake = new Intake(writer, stream, options);
  try {
    for await (const chunk of stream.chunks) await intake.push(chunk);
    return await intake.end();
  } finally {
    await intake.settle();
  }
}

/** A slot that is being filled with whole parts. */
interface Filling {
  readonly slot: number;
  readonly bytes: Buffer;
  /** Bytes in it when it is full. */
  readonly room: number;
  fill: number;
}

class Intake {
  readonly #writer: ObjectWriter;
  readonly #packing: Packing;
  readonly #stream: ContentStream;
  readonly #signal: AbortSignal | undefined;
  readonly #sha256: StreamHash;
  readonly #entries = new Map<number, TreeEntry>();
  readonly #underway = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #filling: Filling | undefined;
  /** Bytes of the stream that are stored or under way. */
  #position = 0;

  constructor(writer: ObjectWriter, stream: ContentStream, { bytesExpected, signal }: StoreStreamOptions) {
    checkPartSize(stream.partSize);
    checkPartSize(stream.firstPart ?? stream.partSize);
    this.#writer = writer;
    this.#packing = writer.packing({ bytes: bytesExpected, files: 1 });
    this.#sha256 = this.#packing.openHash();
    this.#stream = stream;
    this.#signal = signal;
    this.#checkGoesOn();
  }

  async push(chunk: Uint8Array): Promise<void> {
    for (let taken = 0; taken < chunk.length; ) {
      this.#checkGoesOn();
      this.#filling ??= await this.#takeSlot();
      const filling = this.#filling;
      const size = Math.min(chunk.length - taken, filling.room - filling.fill);
      filling.bytes.set(chunk.subarray(taken, taken + size), filling.fill);
      filling.fill += size;
      taken += size;
      if (filling.fill === filling.room) this.#pack(filling, false);
    }
  }

  async end(): Promise<StoredStream> {
    if (this.#filling || this.#position === 0) this.#pack(this.#filling ?? (await this.#takeSlot()), true);
    await Promise.all(this.#underway);
    this.#checkGoesOn();
    return { size: this.#position, sha256: await this.#sha256.digest(), content: this.#content() };
  }

  /** Waits for what is under way and gives back what is not, so that nothing of this stream is touched any more. */
  async settle(): Promise<void> {
    if (this.#filling) this.#packing.giveBack(this.#filling.slot);
    this.#filling = undefined;
    await Promise.all(this.#underway);
  }

  async #takeSlot(): Promise<Filling> {
    const slot = await this.#packing.take();
    const { partSize } = this.#stream;
    const first = this.#partSizeAt(this.#position);
    const room = first + Math.floor((SLOT_SIZE - first) / partSize) * partSize;
    return { slot, bytes: this.#packing.bytes(slot), room, fill: 0 };
  }

  /** Lets go of a slot: its parts are named and written, and all of it is hashed, while the next one is filled. */
  #pack({ slot, bytes, fill }: Filling, isLast: boolean): void {
    this.#filling = undefined;
    const pieces = this.#cut(fill, isLast);
    this.#position += fill;
    const ended = Promise.allSettled([
      this.#store(slot, pieces),
      this.#sha256.update(bytes.subarray(0, fill)),
    ]).then((results) => {
      this.#packing.giveBack(slot);
      this.#underway.delete(ended);
      for (const result of results)
        if (result.status === 'rejected') this.#failure ??= { error: result.reason };
    });
    this.#underway.add(ended);
  }

  async #store(slot: number, pieces: readonly Piece[]): Promise<void> {
    const ids = await this.#packing.store({ slot, pieces, ended: [] }, (found) =>
      found.map((id, index) => (this.#writer.claim(id, pieces[index]!.size) ? id : null)),
    );
    for (const [index, { start }] of pieces.entries()) {
      const name = partFileName({ start, name: '' });
      this.#entries.set(start, { mode: '100644', name, id: ids[index]! });
    }
  }

  #cut(fill: number, isLast: boolean): Piece[] {
    const pieces: Piece[] = [];
    for (let at = 0; at < fill || (pieces.length === 0 && isLast); ) {
      const start = this.#position + at;
      const size = Math.min(fill - at, this.#partSizeAt(start));
      pieces.push({ file: 0, at, size, start, name: '', whole: isLast && start === 0 && size === fill });
      at += size;
    }
    return pieces;
  }

  #partSizeAt(start: number): number {
    const { firstPart, partSize } = this.#stream;
    return start === 0 ? (firstPart ?? partSize) : partSize;
  }

  #content(): StoredStream['content'] {
    const entries = [...this.#entries.values()];
    if (entries.length === 1) return { kind: 'blob', id: entries[0]!.id };
    return { kind: 'parts', tree: this.#writer.add('tree', encodeTree(entries)), count: entries.length };
  }

  #checkGoesOn(): void {
    if (this.#failure) throw this.#failure.error;
    const { path } = this.#stream;
    if (this.#signal?.aborted) throw new StoreError('cancelled', `storing ${path} was cancelled`);
    if (this.#position > FILE_SIZE_MAX) {
      throw new StoreError('invalid', `${path} is too large: at most ${FILE_SIZE_MAX} bytes can be stored`, {
        hint: 'split it',
        data: { path },
      });
    }
  }
}

function checkPartSize(size: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= PART_SIZE_MAX) return;
  throw new StoreError('invalid', `part size: expected 1 to ${PART_SIZE_MAX} bytes, got ${size}`);
}
