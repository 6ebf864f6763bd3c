import { closeSync, readSync } from 'node:fs';
import { translated } from '../errors.ts';
import type { StreamHash } from './hashing.ts';
import { changed, fileState, type OpenSource, openSource } from './reader.ts';
import { type SourceFile, sameIdentity } from './source-file.ts';

/** Bytes read at a time: a call to the system costs little beside them. */
const CHUNK_SIZE = 4 * 1024 * 1024;

/** One is used, and two are hashed or wait for it. */
const BUFFERS = 3;

/**
 * Reads a file of `size` bytes from beginning to end, on the calling thread, in whose cache the bytes are then. A chunk
 * is valid until the next one is asked for. Throws `changed` when the file has another size, or is not the same at its
 * last byte as it was at its first: keep nothing of it then.
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
  const readings = Array.from(
    { length: Math.min(BUFFERS, Math.ceil(size / CHUNK_SIZE)) },
    (): Reading => ({
      buffer: Buffer.from(new SharedArrayBuffer(Math.min(CHUNK_SIZE, size))),
      hashed: Promise.resolve(),
    }),
  );
  try {
    for (let position = 0, turn = 0; position < size; turn += 1) {
      const reading = readings[turn % readings.length]!;
      await reading.hashed;
      const chunk = reading.buffer.subarray(0, size - position);
      fill(open, chunk, position);
      position += chunk.length;
      if (hash) reading.hashed = unheard(hash.update(chunk));
      yield chunk;
    }
  } finally {
    // The buffers must stay untouched for as long as somebody is at work with them.
    await Promise.allSettled(readings.map(({ hashed }) => hashed));
    for (const { buffer } of readings) buffer.fill(0);
  }
}

/** A promise that is awaited later: until then nobody else must hear of a failure. */
function unheard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Fills the buffer, which reaches no further than the file did when it was opened. */
function fill({ fd, file }: OpenSource, buffer: Buffer, position: number): void {
  for (let done = 0; done < buffer.length; ) {
    const count = readSync(fd, buffer, done, buffer.length - done, position + done);
    if (count === 0) throw changed(file);
    done += count;
  }
}
