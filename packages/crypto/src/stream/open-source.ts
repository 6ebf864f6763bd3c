import { OneAtATime } from '../bytes/one-at-a-time.ts';
import { checkRange, type RangedSource, readRange } from '../bytes/ranged-source.ts';
import { equalBytes, wipe } from '../bytes/secret-bytes.ts';
import { TAG_SIZE } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { cutShort, doesNotHold, HEADER_SIZE, openedSize } from './layout.ts';
import type { StreamScope } from './scope.ts';
import { openSegment, type SegmentCipher, segmentCipher } from './segment.ts';
import { streamKeysOf } from './stream-keys.ts';

/** What is known of a stream from a place that is trusted more than the stream. */
export interface StreamPin {
  readonly header: Uint8Array;
  /** Bytes that the stream holds. */
  readonly size: number;
}

/**
 * Opens a sealed stream for reading anywhere in it. Without a pin the last segment is opened at once,
 * because it is what proves the length. Throws `tampered`.
 */
export async function openSource(
  scope: StreamScope,
  source: RangedSource,
  pin?: StreamPin,
): Promise<OpenedStream> {
  const size = openedSize(source.size, scope.segmentSize);
  if (pin !== undefined && pin.size !== size) throw cutShort();
  const header = await readRange(source, 0, HEADER_SIZE);
  if (pin !== undefined && !equalBytes(pin.header, header)) throw doesNotHold();
  const stream = segmentCipher(scope.engine, streamKeysOf(scope, header), scope.segmentSize);
  const opened = new OpenedStream(stream, source, size);
  if (pin === undefined) await opened.checkEnd();
  return opened;
}

/** The plaintext of a sealed stream as a source. Reads open only the segments they touch, one read at a time. */
export class OpenedStream implements RangedSource {
  readonly size: number;
  readonly #stream: SegmentCipher;
  readonly #source: RangedSource;
  readonly #turns = new OneAtATime();
  readonly #sealed: Uint8Array;
  readonly #held: Uint8Array;
  #heldIndex = -1;
  #closed = false;

  constructor(stream: SegmentCipher, source: RangedSource, size: number) {
    this.size = size;
    this.#stream = stream;
    this.#source = source;
    this.#sealed = new Uint8Array(stream.segmentSize + TAG_SIZE);
    this.#held = new Uint8Array(stream.segmentSize);
  }

  /** When it throws, `target` holds nothing of the stream. */
  async read(offset: number, target: Uint8Array): Promise<void> {
    checkRange(this.size, offset, target.length);
    await this.#turns.run(() => this.#fill(offset, target));
  }

  /** Throws `tampered` unless the last segment is the last. */
  async checkEnd(): Promise<void> {
    await this.#turns.run(() => this.#hold(Math.floor(this.size / this.#stream.segmentSize)));
  }

  /** Forgets the key and the plaintext held, after the reads under way. */
  async close(): Promise<void> {
    await this.#turns.run(async () => {
      this.#closed = true;
      this.#stream.cipher.close();
      this.#heldIndex = -1;
      wipe(this.#held);
    });
  }

  async #fill(offset: number, target: Uint8Array): Promise<void> {
    if (this.#closed) throw new CryptoError('invalid', 'sealed stream: read after it was closed');
    try {
      let filled = 0;
      while (filled < target.length) filled += await this.#fillFrom(offset + filled, target.subarray(filled));
    } catch (error) {
      wipe(target);
      throw error;
    }
  }

  /** Fills `target` from the one segment that `offset` is in, and gives the number of bytes. */
  async #fillFrom(offset: number, target: Uint8Array): Promise<number> {
    const index = Math.floor(offset / this.#stream.segmentSize);
    const start = offset - index * this.#stream.segmentSize;
    const size = this.#sizeOf(index);
    if (start === 0 && target.length >= size) {
      await this.#open(index, target.subarray(0, size));
      return size;
    }
    await this.#hold(index);
    const piece = this.#held.subarray(start, Math.min(size, start + target.length));
    target.set(piece);
    return piece.length;
  }

  /** Keeps the segment that was read in part, for the next read is likely to go on in it. */
  async #hold(index: number): Promise<void> {
    if (this.#heldIndex === index) return;
    this.#heldIndex = -1;
    await this.#open(index, this.#held.subarray(0, this.#sizeOf(index)));
    this.#heldIndex = index;
  }

  async #open(index: number, target: Uint8Array): Promise<void> {
    const sealed = this.#sealed.subarray(0, target.length + TAG_SIZE);
    await this.#source.read(HEADER_SIZE + index * this.#sealed.length, sealed);
    if (!(await openSegment(this.#stream, index, sealed, target))) throw doesNotHold();
  }

  #sizeOf(index: number): number {
    return Math.min(this.#stream.segmentSize, this.size - index * this.#stream.segmentSize);
  }
}
