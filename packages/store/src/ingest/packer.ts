import { deflateRawSync } from 'node:zlib';
import { hashObject, type ObjectId, type ObjectKind } from '../objects/object-id.ts';
import { type FinishedPack, PackWriter } from '../pack/pack-writer.ts';
import type { Piece } from './slab.ts';

/** Bytes of a small file that are tried before all of it is compressed. */
const SAMPLE_SIZE = 4096;

/** Compressing pays when the sample comes down to this share. */
const WORTHWHILE = 0.9;

/**
 * Names pieces and writes the new ones into packs of its own, on the calling thread. Its packs keep their
 * temporary names until {@link Packer.finish}, so that a version that is given up leaves nothing behind.
 */
export class Packer {
  readonly #folder: string;
  readonly #label: string;
  readonly #packs: PackWriter[] = [];

  /** `label` goes into the temporary names, so that leftovers can be told from those of other writers. */
  constructor(folder: string, label: string) {
    this.#folder = folder;
    this.#label = label;
  }

  hash(slot: Buffer, pieces: readonly Piece[]): ObjectId[] {
    return pieces.map((piece) => hashObject('blob', contentOf(slot, piece)));
  }

  /**
   * Writes the pieces that have an id. `left` is about how many will come after them; without it all go into one pack,
   * as far as it can hold them.
   */
  write(slot: Buffer, pieces: readonly Piece[], ids: readonly (ObjectId | null)[], left?: number): void {
    for (const [index, piece] of pieces.entries()) {
      const id = ids[index];
      if (!id) continue;
      const bytes = contentOf(slot, piece);
      const expected = left === undefined ? undefined : left + pieces.length - index;
      this.#pack(expected).add('blob', id, bytes, piece.whole && shrinks(bytes) ? 'deflated' : 'stored');
    }
  }

  /** Adds commits, trees and descriptions compressed; tags as they are, since a listing reads every one of them. */
  add(kind: ObjectKind, id: ObjectId, bytes: Uint8Array): void {
    this.#pack().add(kind, id, bytes, kind === 'tag' ? 'stored' : 'deflated');
  }

  /** Makes every pack durable, without a name that anybody looks for. */
  seal(): void {
    for (const pack of this.#packs) pack.seal();
  }

  /** Makes every pack durable and visible under its final name. */
  finish(): FinishedPack[] {
    return PackWriter.finishAll(this.#packs.splice(0));
  }

  abort(): void {
    for (const pack of this.#packs) pack.abort();
    this.#packs.length = 0;
  }

  #pack(expected?: number): PackWriter {
    const last = this.#packs.at(-1);
    if (last && !last.full) return last;
    const written = this.#packs.reduce((sum, { count }) => sum + count, 0);
    const announced = expected === undefined ? {} : { count: objectsOfNextPack(expected, written) };
    const pack = PackWriter.create(this.#folder, { label: this.#label, ...announced });
    this.#packs.push(pack);
    return pack;
  }
}

/** Objects of a pack: few, so that little is read again at the end, and of parts of 1 MiB no more than 1 GiB. */
const PACK_OBJECTS_MIN = 16;
const PACK_OBJECTS_MAX = 1024;

/** Of what seems still to come, the next pack gets four fifths. */
const SHARE = 0.8;

/** When more comes than was expected, the next pack gets a sixteenth of what there is: few packs, little to read. */
const GROWTH = 1 / 16;

/**
 * How many objects to announce for the next pack. Its checksum is then known as soon as the last one is written; only a
 * pack that does not become full must be read again, so that the packs get smaller towards the end.
 */
function objectsOfNextPack(expected: number, written: number): number {
  const count = Math.ceil(Math.max(expected * SHARE, written * GROWTH));
  return Math.min(Math.max(count, PACK_OBJECTS_MIN), PACK_OBJECTS_MAX);
}

function contentOf(slot: Buffer, { at, size }: Piece): Buffer {
  return slot.subarray(at, at + size);
}

function shrinks(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, SAMPLE_SIZE);
  return deflateRawSync(sample, { level: 1 }).byteLength < sample.byteLength * WORTHWHILE;
}
