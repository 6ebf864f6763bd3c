import { damaged } from '../../../packages/archive-errors.ts';

/**
 * Most bytes that one block takes, packed: 900,000 symbols of at most 20 bits are 2.25 MB, at most 32,767 selectors of
 * 6 bits and six tables some 30 kB more.
 */
const BLOCK_PACKED_MAX = 3 * 1024 * 1024;

/** Bits out of a stream of bytes, the highest of each byte first. */
export class BitReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  /** The next byte. */
  #at = 0;
  /** Bits that were taken from the stream and not given out yet, and how many. */
  #held = 0;
  #count = 0;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Reads ahead, so that the bits of a whole block can be asked for. False when nothing is left. */
  async fill(): Promise<boolean> {
    this.#giveBack();
    const pieces = [this.#bytes.subarray(this.#at)];
    let size = pieces[0]!.byteLength;
    while (!this.#ended && size < BLOCK_PACKED_MAX) {
      const { done, value } = await this.#source.next();
      if (done) this.#ended = true;
      else {
        pieces.push(value);
        size += value.byteLength;
      }
    }
    if (pieces.length > 1) this.#bytes = Buffer.concat(pieces);
    else this.#bytes = pieces[0]!;
    this.#at = 0;
    return size > 0;
  }

  /** A number of at most 24 bits. Throws `damaged` where the stream ends before. */
  bits(count: number): number {
    const number = this.peek(count);
    this.skip(count);
    return number;
  }

  /** The next bits without taking them, at most 24; zeros behind the end. */
  peek(count: number): number {
    while (this.#count < count) {
      // Only the lower bits are of use: what was given out is pushed out above.
      this.#held = (this.#held << 8) | (this.#bytes[this.#at] ?? 0);
      this.#at += 1;
      this.#count += 8;
    }
    return (this.#held >>> (this.#count - count)) & ((1 << count) - 1);
  }

  /** Takes bits that were looked at. Throws `damaged` where the stream ended before. */
  skip(count: number): void {
    this.#count -= count;
    if (this.#at - (this.#count >>> 3) > this.#bytes.byteLength) throw damaged('it ends early');
  }

  /** A number of 32 bits. */
  word(): number {
    return ((this.bits(16) << 16) | this.bits(16)) >>> 0;
  }

  /** Goes on at the next whole byte. */
  align(): void {
    this.#count -= this.#count % 8;
  }

  /** Lets the source know that nothing more is read. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  /** Whole bytes that were only looked at are read again; those behind the end were none. */
  #giveBack(): void {
    const whole = this.#count >>> 3;
    this.#at -= whole;
    this.#count -= 8 * whole;
    this.#held >>>= 8 * whole;
  }
}
