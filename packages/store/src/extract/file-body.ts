import { StoreError } from '../errors.ts';
import type { StreamHash } from '../ingest/hashing.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { blobBufferSize } from '../pack/packed-object.ts';
import { PART_SIZE_MAX } from '../parts/constants.ts';
import type { BufferRing } from './buffer-ring.ts';
import type { FileContent, PartRef } from './file-content.ts';

export interface BodyOptions {
  readonly buffers: BufferRing;
  /** Is given all bytes of the file. */
  readonly hash: StreamHash;
  /** Checks every object against its name. */
  readonly checkObjects: boolean;
}

/** A buffer that any part can be read into. */
export function createBodyBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(blobBufferSize(PART_SIZE_MAX));
}

/**
 * Walks the bytes of a file in order, several parts at a time. What is given out is valid until the next is asked
 * for, and must not be trusted before {@link checkSha256}.
 */
export async function* fileBody(
  objects: ObjectStore,
  { parts }: FileContent,
  { buffers, hash, checkObjects }: BodyOptions,
): AsyncGenerator<Buffer, void, void> {
  for (let first = 0; first < parts.length; ) {
    const buffer = await buffers.next();
    const end = endOfFitting(parts, first, buffer.length);
    const chunk = readChunk(objects, parts.slice(first, end), { buffer, checkObjects });
    buffers.keep(hash.update(chunk));
    yield chunk;
    first = end;
  }
}

/** The index after the parts that can be read into a buffer one after the other: at least one, even when it is too large. */
function endOfFitting(parts: readonly PartRef[], first: number, room: number): number {
  let end = first;
  for (let fill = 0; end < parts.length; end += 1) {
    const { size } = parts[end]!;
    if (end > first && fill + blobBufferSize(size) > room) break;
    fill += size;
  }
  return end;
}

/** Reads parts into a buffer, one behind the other. A single one that it cannot hold comes in memory of its own. */
function readChunk(
  objects: ObjectStore,
  parts: readonly PartRef[],
  { buffer, checkObjects }: { readonly buffer: Buffer; readonly checkObjects: boolean },
): Buffer {
  let fill = 0;
  for (const { id, size } of parts) {
    const into = buffer.subarray(fill);
    const bytes = objects.readBlobSync(id, { into, sizeExpected: size, trusted: !checkObjects });
    if (size > buffer.length) return bytes;
    if (bytes.buffer !== into.buffer || bytes.byteOffset !== into.byteOffset) bytes.copy(into);
    fill += size;
  }
  return buffer.subarray(0, fill);
}

/** Throws `damaged` when a file does not have its SHA-256. */
export function checkSha256({ path, sha256 }: FileContent, found: string): void {
  if (found === sha256) return;
  throw new StoreError('damaged', `${path} is damaged: expected SHA-256 ${sha256}, got ${found}`, {
    hint: 'take this version from another clone, or add it again from its source',
    data: { path, expected: sha256, found },
  });
}
