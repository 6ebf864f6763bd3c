import { blocksOf, type Chunks } from '../bytes/chunks.ts';
import { TAG_SIZE } from '../engines/engine.ts';
import type { StreamScope } from './scope.ts';
import { type SegmentCipher, sealSegment, segmentCipher } from './segment.ts';
import { newStreamKeys } from './stream-keys.ts';

/** A stream that is being sealed. */
export interface SealedStream {
  /** Its first 56 bytes, by which it can be pinned. */
  readonly header: Uint8Array;
  /** The whole stream, header included, once. */
  readonly chunks: Chunks;
}

/**
 * Seals bytes as they come, in memory that does not grow with them. An error of `plaintext` comes out of
 * `chunks` unchanged; what was written by then is not a whole stream, and never opens as one.
 */
export function sealStream(scope: StreamScope, plaintext: Chunks): SealedStream {
  const keys = newStreamKeys(scope);
  const stream = segmentCipher(scope.engine, keys, scope.segmentSize);
  return { header: keys.header, chunks: sealedChunks(keys.header, stream, plaintext) };
}

async function* sealedChunks(header: Uint8Array, stream: SegmentCipher, plaintext: Chunks): Chunks {
  const target = new Uint8Array(stream.segmentSize + TAG_SIZE);
  try {
    yield header.slice();
    let index = 0;
    for await (const segment of blocksOf(plaintext, stream.segmentSize)) {
      const sealed = target.subarray(0, segment.length + TAG_SIZE);
      await sealSegment(stream, index, segment, sealed);
      index += 1;
      yield sealed;
    }
  } finally {
    stream.cipher.close();
  }
}
