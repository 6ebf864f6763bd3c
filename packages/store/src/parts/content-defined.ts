import { PART_SIZE, PART_SIZE_MAX } from './constants.ts';
import { openGearScan } from './gear-scan.ts';

/** No content-defined part is smaller, except the last of a file. */
export const CONTENT_PART_SIZE_MIN = PART_SIZE / 4;

/** The hash moves one bit to the left with each byte, so after 32 bytes nothing is left of what came before. */
const HASH_WINDOW = 32;

/**
 * Normalization level 2 of FastCDC: for parts of 2^20 bytes on average, 20 + 2 bits of the hash must be zero before
 * that size is reached, 20 - 2 bits after it. The highest bits are taken, as they depend on the most bytes.
 */
const LIMIT_BEFORE_AVERAGE = 2 ** (32 - 22);
const LIMIT_AFTER_AVERAGE = 2 ** (32 - 18);

/**
 * Finds the ends of content-defined parts: FastCDC with normalized chunking (Xia et al., USENIX ATC 2016), from
 * 256 KiB to 4 MiB and 1 MiB on average, over a 32-bit gear hash. Where a part may end depends on the 32 bytes
 * before that place and nothing else, so cuts fall into step again soon after an insertion.
 *
 * It keeps no bytes, only how long the part at hand is and the hash.
 */
export class ContentDefinedRule {
  readonly name = '';
  readonly #scan = openGearScan();
  #length = 0;

  /** The index in `bytes` just past the part at hand, or -1 when that goes on after them. */
  cut(bytes: Uint8Array, from: number): number {
    const start = from - this.#length;
    const indexOf = (offset: number): number => Math.min(Math.max(start + offset, from), bytes.length);
    const shortest = indexOf(CONTENT_PART_SIZE_MIN);
    const average = indexOf(PART_SIZE);
    const longest = indexOf(PART_SIZE_MAX);

    // The first quarter of a MiB cannot hold an end: all but what the hash has to have seen is passed over.
    this.#scan.roll(bytes, indexOf(CONTENT_PART_SIZE_MIN - HASH_WINDOW), shortest);
    let end = this.#scan.find(bytes, { from: shortest, to: average, limit: LIMIT_BEFORE_AVERAGE });
    if (end < 0) end = this.#scan.find(bytes, { from: average, to: longest, limit: LIMIT_AFTER_AVERAGE });
    if (end < 0 && longest - start === PART_SIZE_MAX) end = longest;

    if (end >= 0) this.#scan.reset();
    this.#length = end < 0 ? bytes.length - start : 0;
    return end;
  }
}
