import type { HeadReader } from '../part.ts';
import { claim } from './claim.ts';

/** Read at once; headers are mostly smaller. */
const WINDOW_SIZE = 2 ** 18;

/** Most bytes taken in one step, so that a length in a file never decides what is allocated. */
const TAKE_SIZE_MAX = 2 ** 20;

/** Reads little-endian fields one after the other between two offsets of a file, never outside them. */
export class ByteCursor {
  readonly #head: HeadReader;
  readonly #end: number;
  #position: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(head: HeadReader, { start, end }: { readonly start: number; readonly end: number }) {
    this.#head = head;
    this.#position = start;
    this.#end = end;
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.#position;
  }

  take(length: number): Buffer {
    const index = this.#pass(length);
    return this.#window.subarray(index, index + length);
  }

  skip(length: number): void {
    claim(length <= this.#end - this.#position, 'a field ends within its header');
    this.#position += length;
  }

  u32(): number {
    const index = this.#pass(4);
    return this.#window.readUInt32LE(index);
  }

  /** An unsigned 64-bit integer that is an exact number: nothing that counts bytes or things comes near 2^53. */
  u64(): number {
    const index = this.#pass(8);
    return safeNumber(this.#window.readBigUInt64LE(index));
  }

  /** Moves behind the next bytes, and gives their index in the window, which may be a new one. */
  #pass(length: number): number {
    claim(length <= TAKE_SIZE_MAX && length <= this.#end - this.#position, 'a field ends within its header');
    if (this.#position + length > this.#windowStart + this.#window.length) this.#refill(length);
    const index = this.#position - this.#windowStart;
    this.#position += length;
    return index;
  }

  #refill(length: number): void {
    const wanted = Math.min(Math.max(length, WINDOW_SIZE), this.#end - this.#position);
    this.#window = bufferOver(this.#head(this.#position, wanted));
    this.#windowStart = this.#position;
    claim(this.#window.length >= length, 'the file is as long as it was');
  }
}

export function safeNumber(value: bigint): number {
  claim(value <= Number.MAX_SAFE_INTEGER, 'a number is below 2^53');
  return Number(value);
}

/** The same memory as a Buffer. */
export function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
