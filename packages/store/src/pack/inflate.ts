import { promisify } from 'node:util';
import { constants, inflate, inflateSync, type ZlibOptions } from 'node:zlib';
import { StoreError, systemCode } from '../errors.ts';

/** Bytes that zlib gets to fill at a time, so that a size which lies allocates no more than this: 4 MiB. */
const CHUNK_SIZE_MAX = 4 * 1024 * 1024;

/**
 * The most bytes a zlib stream of so much content is believed to have: deflate's own bound for its smallest
 * memory level (zlib, `deflateBound`), and room for a flush here and there.
 */
export function streamSizeMax(size: number): number {
  return size + Math.ceil(size / 8) + Math.ceil(size / 64) + 64;
}

/** Unpacks a zlib stream, at most `size` bytes of it; throws `damaged` when it is not one of exactly `size` bytes. */
export function inflateExactly(stream: Buffer, size: number): Buffer {
  try {
    return checkedSize(inflateSync(stream, optionsFor(size)), size);
  } catch (error) {
    throw damagedStream(error, size);
  }
}

/** The same where more bytes follow the stream; `length` is that of the stream itself. */
export function inflateFirst(
  bytes: Buffer,
  size: number,
): { readonly bytes: Buffer; readonly length: number } {
  try {
    const { buffer, engine } = inflateSync(bytes, { ...optionsFor(size), info: true }) as unknown as Inflated;
    return { bytes: checkedSize(buffer, size), length: engine.bytesWritten };
  } catch (error) {
    throw damagedStream(error, size);
  }
}

/** What zlib gives when it is asked for `info`. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

const inflateInBackground = promisify<Buffer, ZlibOptions, Buffer>(inflate);

/** The same on a thread of the platform's pool. */
export async function inflateExactlyAsync(stream: Buffer, size: number): Promise<Buffer> {
  try {
    return checkedSize(await inflateInBackground(stream, optionsFor(size)), size);
  } catch (error) {
    throw damagedStream(error, size);
  }
}

/** One byte of room beyond the content, so that zlib comes to its trailer without another chunk. */
function optionsFor(size: number): ZlibOptions {
  const chunkSize = Math.min(Math.max(size + 1, constants.Z_MIN_CHUNK), CHUNK_SIZE_MAX);
  return { maxOutputLength: Math.max(size, 1), chunkSize };
}

function checkedSize(bytes: Buffer, size: number): Buffer {
  if (bytes.length !== size) {
    throw new StoreError('damaged', `a zlib stream unpacks to ${bytes.length} bytes, expected ${size}`);
  }
  return bytes;
}

/** What zlib reports about the stream itself, rather than about memory or arguments. */
const STREAM_ERRORS = new Set(['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT', 'Z_STREAM_ERROR']);

function damagedStream(error: unknown, size: number): unknown {
  const code = systemCode(error) ?? '';
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new StoreError('damaged', `a zlib stream unpacks to more than ${size} bytes`, { cause: error });
  }
  if (!STREAM_ERRORS.has(code)) return error;
  return new StoreError('damaged', `not a whole zlib stream: ${(error as Error).message}`, { cause: error });
}

/**
 * Input that certainly holds the first 32 bytes of the content: the longest Huffman tables (286 + 30 codes of at
 * most 7 bits, and 9 bytes around them: 286 bytes) and 32 literals of 15 bits (60 bytes), rounded up. Deflate
 * makes at most 1032 bytes of one.
 */
export const PREFIX_STREAM_SIZE = 512;
const PREFIX_SIZE_MAX = PREFIX_STREAM_SIZE * 1032;

/** The beginning of what a zlib stream holds, at least 32 bytes of it unless it ends before; throws `damaged`. */
export function inflatePrefix(stream: Buffer): Buffer {
  try {
    return inflateSync(stream.subarray(0, PREFIX_STREAM_SIZE), {
      maxOutputLength: PREFIX_SIZE_MAX,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch (error) {
    throw damagedStream(error, PREFIX_SIZE_MAX);
  }
}
