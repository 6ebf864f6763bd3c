import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { blobBufferSize } from '../pack/packed-object.ts';
import { PART_SIZE_MAX } from '../parts/constants.ts';
import type { FileContent } from './file-content.ts';

export interface BodyOptions {
  /** Room for one part, used again and again. */
  readonly buffer: Buffer;
  /** Also checks every object against its name: slower, and tells which part is damaged. */
  readonly checkObjects: boolean;
}

export function createBodyBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(blobBufferSize(PART_SIZE_MAX));
}

/**
 * Walks the bytes of a file in order. A piece is valid until the next one is asked for, and must not be
 * trusted before the walk ends: it ends with `damaged` when the whole does not have the file's SHA-256.
 */
export function* fileBody(
  objects: ObjectStore,
  content: FileContent,
  options: BodyOptions,
): Generator<Buffer, void, void> {
  const sha256 = createHash('sha256');
  for (const { id, size } of content.parts) {
    const bytes = objects.readBlobSync(id, {
      into: options.buffer,
      sizeExpected: size,
      trusted: !options.checkObjects,
    });
    sha256.update(bytes);
    yield bytes;
  }
  const found = sha256.digest('hex');
  if (found !== content.sha256) throw mismatch(content, found);
}

function mismatch({ path, sha256 }: FileContent, found: string): StoreError {
  return new StoreError('damaged', `${path} is damaged: expected SHA-256 ${sha256}, got ${found}`, {
    hint: 'take this version from another clone, or add it again from its source',
    data: { path, expected: sha256, found },
  });
}
