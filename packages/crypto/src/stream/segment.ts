import { wipe } from '../bytes/secret-bytes.ts';
import {
  type Cipher,
  type Engine,
  NONCE_SIZE,
  type SyncCipher,
  type SyncEngine,
  TAG_SIZE,
} from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { STREAM_SIZE_MAX } from './layout.ts';
import type { StreamKeys } from './stream-keys.ts';

/** What seals and opens the segments of one stream, in any order and on any thread. */
export interface SegmentCipher<C extends Cipher = Cipher> {
  readonly cipher: C;
  readonly baseNonce: Uint8Array;
  readonly segmentSize: number;
}

/** Takes over the keys of a stream, whose key bytes are zeroed. Close `cipher` when the stream is done. */
export function segmentCipher(
  engine: SyncEngine,
  keys: StreamKeys,
  segmentSize: number,
): SegmentCipher<SyncCipher>;
export function segmentCipher(engine: Engine, keys: StreamKeys, segmentSize: number): SegmentCipher;
export function segmentCipher(engine: Engine, keys: StreamKeys, segmentSize: number): SegmentCipher {
  const cipher = engine.cipher(keys.key);
  wipe(keys.key);
  return { cipher, baseNonce: keys.baseNonce, segmentSize };
}

/**
 * Seals segment `index` into `target`, which is 16 bytes longer than `plaintext`; at once with a synchronous
 * engine. Every segment but the last holds exactly the segment size, the last holds less, and no index is
 * sealed twice: the caller sees to it.
 */
export function sealSegment<C extends Cipher>(
  stream: SegmentCipher<C>,
  index: number,
  plaintext: Uint8Array,
  target: Uint8Array,
): ReturnType<C['seal']> {
  checkSegment(stream, plaintext.length, target.length - TAG_SIZE);
  return stream.cipher.seal(nonceAt(stream, index), plaintext, target) as ReturnType<C['seal']>;
}

/** Opens segment `index` into `target`. `false` when its tag does not hold, and then `target` is all zeros. */
export function openSegment<C extends Cipher>(
  stream: SegmentCipher<C>,
  index: number,
  sealed: Uint8Array,
  target: Uint8Array,
): ReturnType<C['open']> {
  checkSegment(stream, sealed.length - TAG_SIZE, target.length);
  return stream.cipher.open(nonceAt(stream, index), sealed, target) as ReturnType<C['open']>;
}

function checkSegment(stream: SegmentCipher, size: number, targetSize: number): void {
  if (size < 0 || size > stream.segmentSize || targetSize !== size) {
    throw new CryptoError(
      'invalid',
      `segment: expected at most ${stream.segmentSize} bytes and a target to match`,
    );
  }
}

/** The base nonce XOR the index, big-endian. */
function nonceAt(stream: SegmentCipher, index: number): Uint8Array {
  if (!Number.isSafeInteger(index) || index < 0 || index >= STREAM_SIZE_MAX / stream.segmentSize) {
    throw new CryptoError('limits', 'sealed stream: expected less than 4 PiB');
  }
  const nonce = stream.baseNonce.slice();
  const view = new DataView(nonce.buffer);
  const high = NONCE_SIZE - 8;
  const low = NONCE_SIZE - 4;
  view.setUint32(high, view.getUint32(high) ^ Math.floor(index / 2 ** 32));
  view.setUint32(low, view.getUint32(low) ^ (index % 2 ** 32));
  return nonce;
}
