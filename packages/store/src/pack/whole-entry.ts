import { constants, deflateSync } from 'node:zlib';
import { StoreError } from '../errors.ts';
import type { ObjectKind } from '../objects/object-id.ts';
import { encodeEntryHeader } from './entry.ts';
import { OBJECT_SIZE_MAX } from './limits.ts';
import { encodeStored } from './stored.ts';

/** `stored`: as it is, for what does not shrink. `deflated`: as Git does it. */
export type EntryForm = 'stored' | 'deflated';

/** Room that zlib gets at a time: all of it for a small object, at most 1 MiB. */
const CHUNK_SIZE_MAX = 1024 * 1024;

/** The two pieces of a pack entry for a whole object: header, zlib stream. Throws `invalid` above 512 MiB. */
export function encodeWholeEntry(kind: ObjectKind, bytes: Uint8Array, form: EntryForm): [Buffer, Buffer] {
  const size = bytes.byteLength;
  if (size > OBJECT_SIZE_MAX) {
    throw new StoreError('invalid', `an object of ${size} bytes: expected at most ${OBJECT_SIZE_MAX}`);
  }
  return [encodeEntryHeader({ kind, size }), form === 'stored' ? encodeStored(bytes) : encodeDeflated(bytes)];
}

function encodeDeflated(bytes: Uint8Array): Buffer {
  const chunkSize = Math.min(Math.max(bytes.byteLength, constants.Z_MIN_CHUNK), CHUNK_SIZE_MAX);
  return deflateSync(bytes, { chunkSize });
}
