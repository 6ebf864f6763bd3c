import { damaged } from '../../packages/archive-errors.ts';

/** A stream of bytes out of which pieces of a known size are taken, one after another. */
export class ByteFeed {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  /** So many bytes, or `null` at the end of the stream. Throws `damaged` when it ends among them. */
  async take(size: number): Promise<Buffer | null> {
    if (!(await this.#hasMore())) return null;
    const piece = Buffer.alloc(size);
    let filled = 0;
    for await (const chunk of this.pieces(size)) {
      piece.set(chunk, filled);
      filled += chunk.byteLength;
    }
    return piece;
  }

  /** So many bytes, or fewer where the stream ends before. */
  async takeUpTo(size: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for (let left = size; left > 0 && (await this.#hasMore()); ) {
      for await (const piece of this.pieces(Math.min(left, this.#chunk.byteLength))) {
        pieces.push(piece);
        left -= piece.byteLength;
      }
    }
    return Buffer.concat(pieces);
  }

  /** So many bytes, as they come; each piece is valid until the next. Throws `damaged` when the stream ends before. */
  async *pieces(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      if (!(await this.#hasMore())) throw damaged('it ends early');
      const piece = this.#chunk.subarray(0, left);
      this.#chunk = this.#chunk.subarray(piece.byteLength);
      left -= piece.byteLength;
      this.#position += piece.byteLength;
      yield piece;
    }
  }

  /** All that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    while (await this.#hasMore()) yield* this.pieces(this.#chunk.byteLength);
  }

  /** Lets the source know that nothing more is read. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #hasMore(): Promise<boolean> {
    while (this.#chunk.byteLength === 0) {
      const { done, value } = await this.#source.next();
      if (done) return false;
      this.#chunk = value;
    }
    return true;
  }
}
