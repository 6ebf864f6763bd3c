import { blocksOf, type Chunks } from '../bytes/chunks.ts';
import { wipe } from '../bytes/secret-bytes.ts';
import { TAG_SIZE } from '../engines/engine.ts';
import { cutShort, doesNotHold, HEADER_SIZE } from './layout.ts';
import type { StreamScope } from './scope.ts';
import { openSegment, type SegmentCipher, segmentCipher } from './segment.ts';
import { streamKeysOf } from './stream-keys.ts';

/**
 * Opens a sealed stream as it comes. Bytes come out only after the tag of their segment was checked, but
 * that the stream is whole is known only at its end: keep nothing of one that threw. Throws `tampered`.
 */
export async function* openStream(scope: StreamScope, sealed: Chunks): Chunks {
  const target = new Uint8Array(scope.segmentSize);
  let stream: SegmentCipher | undefined;
  try {
    let index = 0;
    for await (const block of blocksOf(sealed, scope.segmentSize + TAG_SIZE, HEADER_SIZE)) {
      if (stream === undefined) {
        stream = segmentCipher(scope.engine, streamKeysOf(scope, block), scope.segmentSize);
        continue;
      }
      yield await openedSegment(stream, index, block, target);
      index += 1;
    }
  } finally {
    stream?.cipher.close();
    wipe(target);
  }
}

async function openedSegment(
  stream: SegmentCipher,
  index: number,
  block: Uint8Array,
  target: Uint8Array,
): Promise<Uint8Array> {
  if (block.length < TAG_SIZE) throw cutShort();
  const plaintext = target.subarray(0, block.length - TAG_SIZE);
  if (!(await openSegment(stream, index, block, plaintext))) throw doesNotHold();
  return plaintext;
}
