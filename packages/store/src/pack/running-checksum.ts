import { createHash, type Hash } from 'node:crypto';
import { encodePackHeader } from './pack-file.ts';

/**
 * The SHA-1 that stands at the end of a pack, computed while the pack is written. As it covers the number of objects
 * at the beginning, it is right only for a pack that gets as many as were announced.
 */
export class RunningChecksum {
  readonly #count: number;
  #hash: Hash | null;

  constructor(count: number) {
    this.#count = count;
    this.#hash = createHash('sha1').update(encodePackHeader(count));
  }

  /** Goes on with the next bytes of the pack. */
  update(bytes: Uint8Array): void {
    this.#hash?.update(bytes);
  }

  /** To be called when the pack is no longer what was given. */
  spoil(): void {
    this.#hash = null;
  }

  /** The checksum of a pack of so many objects, or `null` when it must be computed from the pack. */
  digest(count: number): Buffer | null {
    return count === this.#count ? (this.#hash?.digest() ?? null) : null;
  }
}
