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

  write(slot: Buffer, pieces: readonly Piece[], ids: readonly (ObjectId | null)[]): void {
    for (const [index, piece] of pieces.entries()) {
      const id = ids[index];
      if (!id) continue;
      const bytes = contentOf(slot, piece);
      this.#pack().add('blob', id, bytes, piece.whole && shrinks(bytes) ? 'deflated' : 'stored');
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
    const finished = this.#packs.map((pack) => pack.finish());
    this.#packs.length = 0;
    return finished.filter((pack) => pack !== null);
  }

  abort(): void {
    for (const pack of this.#packs) pack.abort();
    this.#packs.length = 0;
  }

  #pack(): PackWriter {
    const last = this.#packs.at(-1);
    if (last && !last.full) return last;
    const pack = PackWriter.create(this.#folder, this.#label);
    this.#packs.push(pack);
    return pack;
  }
}

function contentOf(slot: Buffer, { at, size }: Piece): Buffer {
  return slot.subarray(at, at + size);
}

function shrinks(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, SAMPLE_SIZE);
  return deflateRawSync(sample, { level: 1 }).byteLength < sample.byteLength * WORTHWHILE;
}
