import { openStream } from '../../src/stream/open-stream.ts';
import type { StreamScope } from '../../src/stream/scope.ts';
import { sealStream } from '../../src/stream/seal-stream.ts';
import { chunked, collected, collectedUntilError } from '../bytes.ts';

/** Bytes of a sealed segment of 16 KiB. */
export const SEALED_SMALL = 16 * 1024 + 16;
export const HEADER = 56;

export function sealedBytes(
  scope: StreamScope,
  plaintext: Uint8Array,
  chunkSize?: number,
): Promise<Uint8Array> {
  return collected(sealStream(scope, chunked(plaintext, chunkSize)).chunks);
}

export function openedBytes(scope: StreamScope, sealed: Uint8Array, chunkSize?: number): Promise<Uint8Array> {
  return collected(openStream(scope, chunked(sealed, chunkSize)));
}

/** What came out of a stream before it threw, and the code of what it threw. */
export async function openedUntilError(
  scope: StreamScope,
  sealed: Uint8Array,
): Promise<{ readonly plaintext: Uint8Array; readonly code: string | undefined }> {
  const { plaintext, error } = await collectedUntilError(openStream(scope, chunked(sealed)));
  return {
    plaintext,
    code: error === undefined ? undefined : ((error as { code?: string }).code ?? String(error)),
  };
}

/** Sealed segment `index` of a stream with segments of 16 KiB. */
export function segmentOf(sealed: Uint8Array, index: number): Uint8Array {
  return sealed.subarray(HEADER + index * SEALED_SMALL, HEADER + (index + 1) * SEALED_SMALL);
}
