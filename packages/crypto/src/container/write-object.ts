import type { Chunks } from '../bytes/chunks.ts';
import { CryptoError } from '../errors.ts';
import type { KeyDomain } from '../keys/key-domain.ts';
import type { ManifestObject } from '../manifest/manifest.ts';
import { paddedSize } from '../manifest/padding.ts';
import { sealStream } from '../stream/seal-stream.ts';

/** An object to store under its id. */
export interface SealedObject {
  readonly id: string;
  readonly header: Uint8Array;
  /** All of its bytes, once. */
  readonly chunks: Chunks;
}

/** Stores an object; it has read all of its chunks when it resolves. */
export type ObjectSink = (object: SealedObject) => Promise<void>;

const ZEROS_SIZE = 1 << 16;

/** Seals what `plaintext` gives as one object. `null` when it gives nothing, and then nothing is stored. */
export async function writeObject(
  domain: KeyDomain,
  id: string,
  plaintext: Chunks,
  sink: ObjectSink,
): Promise<ManifestObject | null> {
  const chunks = plaintext[Symbol.asyncIterator]();
  const tally = { size: 0, ended: false };
  try {
    const first = await chunks.next();
    if (first.done) return null;
    const stream = sealStream(domain.stream({ kind: 'object', id }), padded(first.value, chunks, tally));
    await sink({ id, header: stream.header, chunks: toTheEnd(stream.chunks, tally) });
    if (!tally.ended) {
      throw new CryptoError('invalid', 'object sink: ended before it had read the whole object');
    }
    return { id, header: stream.header, size: tally.size };
  } finally {
    await chunks.return?.();
  }
}

/** Whatever is left of an iterator whose first chunk was asked for already, and zeros up to the padded size. */
async function* padded(first: Uint8Array, rest: AsyncIterator<Uint8Array>, tally: { size: number }): Chunks {
  for (let next: IteratorResult<Uint8Array> = { value: first }; !next.done; next = await rest.next()) {
    tally.size += next.value.length;
    yield next.value;
  }
  yield* zeros(paddedSize(tally.size) - tally.size);
}

async function* zeros(size: number): Chunks {
  const block = new Uint8Array(Math.min(ZEROS_SIZE, size));
  for (let left = size; left > 0; left -= block.length) {
    yield block.subarray(0, Math.min(left, block.length));
  }
}

async function* toTheEnd(chunks: Chunks, tally: { ended: boolean }): Chunks {
  yield* chunks;
  tally.ended = true;
}
