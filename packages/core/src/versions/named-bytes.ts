import type { ByteSource } from '@cairn/store';
import { atBorder, openingOf } from '../errors.ts';

/** The same bytes, with their place named in whatever goes wrong. */
export function namedByteSource(what: string, source: ByteSource): ByteSource {
  return {
    size: source.size,
    read: (offset, length) => atBorder(() => openingOf(what, () => source.read(offset, length))),
    stream: (range) => namedStream(what, source.stream(range)),
  };
}

/** The same for a stream. */
export async function* namedStream(
  what: string,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const pieces = stream[Symbol.asyncIterator]();
  const next = () => atBorder(() => openingOf(what, () => pieces.next()));
  try {
    for (let piece = await next(); !piece.done; piece = await next()) yield piece.value;
  } finally {
    await pieces.return?.();
  }
}
