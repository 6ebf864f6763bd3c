import { StoreError } from '../errors.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { type FileContent, type PartRef, partIndexAt } from './file-content.ts';

export interface ByteRange {
  /** First byte, from 0. */
  readonly offset: number;
  /** Bytes; to the end of the file when left out. */
  readonly length?: number;
}

/** A file that can be read at any place without being taken out. */
export interface ByteSource {
  /** Bytes of the whole file. */
  readonly size: number;
  /** The bytes of a range; fewer than `length` only where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The bytes of a range, or of the whole file, a part at a time. */
  stream(range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** Reads only the parts that a range touches; each is checked against its object id before its bytes are given. */
export function openByteSource(objects: ObjectStore, content: FileContent): ByteSource {
  const stream = (range: ByteRange = { offset: 0 }) =>
    streamRange(objects, content, checkedRange(content, range));
  return {
    size: content.size,
    read: async (offset, length) => joined(stream({ offset, length })),
    stream,
  };
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all.length === 1 ? all[0]! : Buffer.concat(all);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function checkedRange({ path, size }: FileContent, { offset, length = size }: ByteRange): Span {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new StoreError('invalid', `not a range of ${path}: offset ${offset}, length ${length}`);
  }
  return { from: Math.min(offset, size), to: Math.min(offset + length, size) };
}

async function* streamRange(
  objects: ObjectStore,
  content: FileContent,
  { from, to }: Span,
): AsyncGenerator<Uint8Array> {
  if (from === to) return;
  for (let index = partIndexAt(content.parts, from); index < content.parts.length; index += 1) {
    const { start, size, id } = content.parts[index]!;
    if (start >= to) return;
    const { kind, bytes } = await objects.read(id);
    if (kind !== 'blob' || bytes.byteLength !== size)
      throw wrongPart(content, { start, size, id }, bytes.byteLength);
    yield bytes.subarray(Math.max(from - start, 0), Math.min(to - start, size));
  }
}

function wrongPart({ path }: FileContent, { start, size, id }: PartRef, found: number): StoreError {
  return new StoreError(
    'damaged',
    `${path} is damaged at byte ${start}: expected a part of ${size} bytes, got ${found}`,
    {
      data: { path, start, id },
    },
  );
}
