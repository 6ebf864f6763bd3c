import { join } from 'node:path';
import { StoreError, systemCode } from '../errors.ts';
import type { GitObject, ObjectId, ObjectKind } from '../objects/object-id.ts';
import { inflatePrefix, streamSizeMax } from './inflate.ts';
import { OBJECT_SIZE_MAX } from './limits.ts';
import type { ObjectSize } from './packed-object.ts';
import type { Reading } from './steps.ts';

/** Where Git keeps an object that is in no pack. */
export function looseObjectPath(objectsFolder: string, id: ObjectId): string {
  return join(objectsFolder, id.slice(0, 2), id.slice(2));
}

/** Bytes that certainly unpack to the whole header, see {@link inflatePrefix}. */
const HEAD_LENGTH = 512;

/** The longest: `commit 9007199254740991` and a NUL. */
const HEADER_LENGTH_MAX = 24;

const HEADER = /^(commit|tree|blob|tag) (0|[1-9][0-9]{0,15})$/;

/** A loose object, whose SHA-1 the caller checks; `null` when there is none. Throws `damaged` or `hostile`. */
export function* readLoose(path: string): Reading<GitObject | null> {
  const stream = yield* load(path, streamSizeMax(OBJECT_SIZE_MAX));
  if (!stream) return null;
  const { kind, size, length } = parseHeader(path, stream);
  const bytes = yield { do: 'inflate', stream, size: length + size };
  return { kind, bytes: bytes.subarray(length) };
}

/** Kind and size of a loose object without unpacking it; `null` when there is none. */
export function* measureLoose(path: string): Reading<ObjectSize | null> {
  const stream = yield* load(path, HEAD_LENGTH);
  if (!stream) return null;
  const { kind, size } = parseHeader(path, stream);
  return { kind, size };
}

function* load(path: string, lengthMax: number): Reading<Buffer | null> {
  try {
    return yield { do: 'load', path, lengthMax };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

interface LooseHeader extends ObjectSize {
  /** Bytes of the header, its NUL included. */
  readonly length: number;
}

function parseHeader(path: string, stream: Buffer): LooseHeader {
  const head = inflatePrefix(stream).subarray(0, HEADER_LENGTH_MAX);
  const end = head.indexOf(0);
  const match = HEADER.exec(head.toString('latin1', 0, Math.max(end, 0)));
  if (!match) throw new StoreError('damaged', `${path}: no header of a Git object`);
  const size = Number(match[2]);
  if (size > OBJECT_SIZE_MAX) {
    throw new StoreError('hostile', `${path}: it has ${size} bytes, at most ${OBJECT_SIZE_MAX} are read`);
  }
  return { kind: match[1] as ObjectKind, size, length: end + 1 };
}
