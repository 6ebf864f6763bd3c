import type { RangedSource } from '@cairn/crypto';
import type { ByteRange, ByteSource } from '@cairn/store';
import { CairnError } from '../errors.ts';

/** Bytes that a stream gives at a time; a segment as it is written. */
const CHUNK_SIZE = 1024 * 1024;

/** What the store reads, in the form that the cryptography asks for. */
export function rangedSource(source: ByteSource): RangedSource {
  return {
    size: source.size,
    async read(offset, target) {
      let filled = 0;
      for await (const piece of source.stream({ offset, length: target.length })) {
        target.set(piece, filled);
        filled += piece.length;
      }
    },
  };
}

/**
 * The same for one reader that goes on where it has stopped: each part is read once, however the pieces asked for lie
 * across parts. Pieces are asked for one after the other.
 */
export function sequentialSource(source: ByteSource): RangedSource {
  let pieces = source.stream()[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  let position = 0;
  return {
    size: source.size,
    async read(offset, target) {
      if (offset !== position) {
        pieces = source.stream({ offset })[Symbol.asyncIterator]();
        rest = new Uint8Array();
      }
      for (let filled = 0; filled < target.length; ) {
        if (rest.length === 0) rest = (await pieces.next()).value!;
        const taken = rest.subarray(0, target.length - filled);
        target.set(taken, filled);
        filled += taken.length;
        rest = rest.subarray(taken.length);
      }
      position = offset + target.length;
    },
  };
}

/** What the cryptography opens, in the form of any other file of a version. `what` is for messages. */
export function byteSource(source: RangedSource, what: string): ByteSource {
  return {
    size: source.size,
    async read(offset, length) {
      const { from, to } = spanOf(source, { offset, length }, what);
      const bytes = new Uint8Array(to - from);
      await source.read(from, bytes);
      return bytes;
    },
    stream: (range = { offset: 0 }) => streamSpan(source, spanOf(source, range, what)),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function spanOf({ size }: RangedSource, { offset, length = size }: ByteRange, what: string): Span {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new CairnError('invalid', `not a range of ${what}: offset ${offset}, length ${length}`);
  }
  return { from: Math.min(offset, size), to: Math.min(offset + length, size) };
}

/** Each chunk is the caller's to keep. */
async function* streamSpan(source: RangedSource, { from, to }: Span): AsyncGenerator<Uint8Array> {
  for (let offset = from; offset < to; offset += CHUNK_SIZE) {
    const chunk = new Uint8Array(Math.min(CHUNK_SIZE, to - offset));
    await source.read(offset, chunk);
    yield chunk;
  }
}
