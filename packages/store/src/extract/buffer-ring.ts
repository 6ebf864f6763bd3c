import { blobBufferSize } from '../pack/packed-object.ts';
import { PART_SIZE_MAX } from '../parts/constants.ts';

/** Bytes of a buffer: room for any part, or for a few of the usual size. */
const BUFFER_SIZE = blobBufferSize(PART_SIZE_MAX);

/** Buffers that are filled in turn, each again once nobody needs its bytes any more. */
export class BufferRing {
  readonly #places: { readonly buffer: Buffer; free: Promise<unknown> }[];
  #turn = 0;

  /** The buffers are of shared memory, so that another thread can read what is in them. */
  constructor(count: number) {
    this.#places = Array.from({ length: count }, () => ({
      buffer: Buffer.from(new SharedArrayBuffer(BUFFER_SIZE)),
      free: Promise.resolve(),
    }));
  }

  /** The next buffer. Throws what the promise was broken with that kept it from being free. */
  async next(): Promise<Buffer> {
    this.#turn = (this.#turn + 1) % this.#places.length;
    const place = this.#places[this.#turn]!;
    await place.free;
    return place.buffer;
  }

  /** Keeps the buffer that was given out last until the promise is settled. */
  keep(until: Promise<unknown>): void {
    until.catch(() => undefined);
    this.#places[this.#turn]!.free = until;
  }
}
