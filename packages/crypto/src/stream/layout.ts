import { TAG_SIZE } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';

/** Random bytes at the start of a stream. */
export const SALT_SIZE = 24;
/** Bytes before the first segment: the salt and the commitment (32). */
export const HEADER_SIZE = 56;

/** log2 of the segment size that is written: 1 MiB. */
export const SEGMENT_LOG2 = 20;
/** 16 KiB, the segment of Cobblestone. */
export const SEGMENT_LOG2_MIN = 14;
/** 4 MiB. Opening holds two segments of each of 8 objects, so that a hostile envelope can ask for 64 MiB. */
export const SEGMENT_LOG2_MAX = 22;

/** 4 PiB: C2SP's bound, below which AES in counter mode does not wear out. At 16 KiB these are 2^38 segments. */
export const STREAM_SIZE_MAX = 2 ** 52;

/** Bytes of a sealed stream that holds `size` bytes. Throws `limits` above 4 PiB. */
export function sealedSize(size: number, segmentSize: number): number {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new CryptoError('invalid', 'stream: expected a size in bytes');
  }
  if (size >= STREAM_SIZE_MAX) throw new CryptoError('limits', 'stream: expected less than 4 PiB');
  const segments = Math.floor(size / segmentSize) + 1;
  return HEADER_SIZE + size + segments * TAG_SIZE;
}

/** Bytes held by a sealed stream of `sealed` bytes. Throws `tampered` for a length no stream has. */
export function openedSize(sealed: number, segmentSize: number): number {
  const body = sealed - HEADER_SIZE;
  const whole = Math.floor(body / (segmentSize + TAG_SIZE));
  const last = body - whole * (segmentSize + TAG_SIZE);
  if (body < TAG_SIZE || last < TAG_SIZE) throw cutShort();
  return whole * segmentSize + last - TAG_SIZE;
}

/** The bytes end where no stream ends, or do not begin as one does. */
export function cutShort(): CryptoError {
  return new CryptoError('tampered', 'sealed stream: cut short, or not a sealed stream', {
    hint: 'fetch or copy it again; if that does not help, it was damaged or altered where it was stored',
  });
}

/** A commitment or a tag does not hold. Says neither which nor where. */
export function doesNotHold(): CryptoError {
  return new CryptoError('tampered', 'sealed stream: damaged, altered, or not the one that belongs here', {
    hint: 'fetch or copy it again; if that does not help, it was damaged or altered where it was stored',
  });
}
