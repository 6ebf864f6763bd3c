import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';

/** Name of a Git object: 40 lower-case hex digits of its SHA-1. */
export type ObjectId = string & { readonly __brand: 'ObjectId' };

export type ObjectKind = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  readonly kind: ObjectKind;
  readonly bytes: Buffer;
}

/** Bytes of an object id in packs, indexes and trees. */
export const OBJECT_ID_SIZE = 20;

const HEX_ID = /^[0-9a-f]{40}$/;

export function isObjectId(text: string): text is ObjectId {
  return HEX_ID.test(text);
}

export function parseObjectId(text: string): ObjectId {
  if (!isObjectId(text)) {
    throw new StoreError(
      'damaged',
      `not an object id: expected 40 hex digits, got ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return text;
}

/** The 20 bytes at an offset, as an id. */
export function objectIdAt(bytes: Buffer, offset: number): ObjectId {
  return bytes.toString('hex', offset, offset + OBJECT_ID_SIZE) as ObjectId;
}

/** SHA-1 over Git's header and the content, as Git itself names objects. */
export function hashObject(kind: ObjectKind, bytes: Uint8Array): ObjectId {
  return createHash('sha1').update(`${kind} ${bytes.byteLength}\0`).update(bytes).digest('hex') as ObjectId;
}
