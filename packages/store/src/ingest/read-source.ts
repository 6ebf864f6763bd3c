import { closeSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { translated } from '../errors.ts';
import type { StreamHash } from './hashing.ts';
import { changed, fileState, type OpenSource, openSource } from './reader.ts';
import { type SourceFile, sameIdentity } from './source-file.ts';

/** Bytes read at a time: a call to the system costs little beside them. */
const CHUNK_SIZE = 4 * 1024 * 1024;

/** One is read, one is used, one is hashed. */
const BUFFERS = 3;

const readAt = promisify(read);

/**
 * Reads a file of `size` bytes from beginning to end. A chunk is valid until the next one is asked for, which is read
 * meanwhile. Throws `changed` when the file has another size, or is not the same at its last byte as it was at its
 * first: keep nothing of it then.
 *
 * @param hash is given all of it
 */
export async function* readSource(
  file: SourceFile,
  size: number,
  hash?: StreamHash,
): AsyncGenerator<Uint8Array, void, void> {
  const fd = openSource(file);
  try {
    const before = fileState({ fd, file });
    if (before.size !== size) throw changed(file);
    yield* chunksOf({ fd, file }, size, hash);
    if (!sameIdentity(before.identity, fileState({ fd, file }).identity)) throw changed(file);
  } catch (error) {
    throw translated(error, `cannot read ${file.path}`);
  } finally {
    closeSync(fd);
  }
}

interface Reading {
  readonly buffer: Buffer;
  hashed: Promise<void>;
}

async function* chunksOf(
  open: OpenSource,
  size: number,
  hash?: StreamHash,
): AsyncGenerator<Uint8Array, void, void> {
  if (size === 0) return;
  const readings = Array.from(
    { length: Math.min(BUFFERS, Math.ceil(size / CHUNK_SIZE)) },
    (): Reading => ({
      buffer: Buffer.from(new SharedArrayBuffer(Math.min(CHUNK_SIZE, size))),
      hashed: Promise.resolve(),
    }),
  );
  const fill = (position: number, turn: number) =>
    unhandled(filled(open, readings[turn % readings.length]!, { position, size }));
  let next = fill(0, 0);
  try {
    for (let position = 0, turn = 0; position < size; turn += 1) {
      const chunk = await next;
      position += chunk.length;
      if (hash) readings[turn % readings.length]!.hashed = unhandled(hash.update(chunk));
      next = position < size ? fill(position, turn + 1) : next;
      yield chunk;
    }
  } finally {
    // The descriptor must stay open, and the buffers untouched, for as long as somebody is at work with them.
    await Promise.allSettled([next, ...readings.map(({ hashed }) => hashed)]);
    for (const { buffer } of readings) buffer.fill(0);
  }
}

/** A promise that is awaited later: until then nobody else must hear of a failure. */
function unhandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Reads until the buffer is full or the file, as long as it was, is at its end. */
async function filled(
  { fd, file }: OpenSource,
  { buffer, hashed }: Reading,
  { position, size }: { readonly position: number; readonly size: number },
): Promise<Buffer> {
  await hashed;
  const wanted = Math.min(buffer.length, size - position);
  for (let done = 0; done < wanted; ) {
    const { bytesRead } = await readAt(fd, buffer, done, wanted - done, position + done);
    if (bytesRead === 0) throw changed(file);
    done += bytesRead;
  }
  return buffer.subarray(0, wanted);
}
