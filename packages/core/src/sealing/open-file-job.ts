import { close, fsync, openSync, write } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Extent } from '@cairn/crypto';
import { type StreamHash, translated, WriteBack } from '@cairn/store';
import { CairnError } from '../errors.ts';
import type { SegmentOpener } from './segment-opener.ts';

/** A file to open and check, and to write when it says where. */
export interface OpenJob {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Where its bytes are, in order, as the manifest says. */
  readonly extents: readonly Extent[];
  readonly write?: {
    /** A path where nothing stands yet; the caller renames it when it is whole. */
    readonly to: string;
    readonly executable: boolean;
  };
}

export interface OpenJobOptions {
  /** Computes the SHA-256 of one file. */
  readonly hash: StreamHash;
  readonly onBytes: (count: number) => void;
}

/**
 * Opens, checks and perhaps writes one file: while a segment is opened, those before it are hashed and written. Throws
 * `damaged` when the file is not what its manifest says; what was written by then is the caller's to remove.
 */
export async function runOpenJob(
  opener: SegmentOpener,
  job: OpenJob,
  options: OpenJobOptions,
): Promise<void> {
  const file = job.write ? new WrittenFile(job.write) : null;
  try {
    await passOn(opener, job, { ...options, file });
    if ((await options.hash.digest()) !== job.sha256) throw mismatch(job);
    await file?.finish(job.size);
  } finally {
    await file?.close();
  }
}

async function passOn(
  opener: SegmentOpener,
  job: OpenJob,
  { hash, file, onBytes }: OpenJobOptions & { readonly file: WrittenFile | null },
): Promise<void> {
  const underway: Promise<unknown>[] = [];
  try {
    let position = 0;
    for (const piece of piecesOf(opener, job)) {
      const used = Promise.all([hash.update(piece), file?.write(piece, position)]);
      // It is waited for below: until then nobody else hears of a failure.
      used.catch(() => undefined);
      underway.push(used);
      position += piece.length;
      if (underway.length >= opener.buffers) await underway.shift();
      if (file === null) await setImmediate();
      onBytes(piece.length);
    }
    await Promise.all(underway);
  } finally {
    // Nobody looks into the buffers any more when the next file is opened.
    await Promise.allSettled(underway);
  }
}

/** The bytes of a file in order, as views of the opener's buffers. */
function* piecesOf(opener: SegmentOpener, { extents }: OpenJob): Generator<Uint8Array> {
  for (const { object, offset, length } of extents) {
    for (let at = offset; at < offset + length; ) {
      const index = Math.floor(at / opener.segmentSize);
      const from = at - index * opener.segmentSize;
      const piece = opener.segment(object, index).subarray(from, from + offset + length - at);
      yield piece;
      at += piece.length;
    }
  }
}

/** From this size on a file is forced to the disk before it counts as written, as plain ones are. Bytes. */
const FORCED_FROM = 1024 * 1024;

const writeAt = promisify(write);
const syncFile = promisify(fsync);
const closeFile = promisify(close);

/** A file that is being written, in pieces that may be under way at the same time. */
class WrittenFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #writeBack: WriteBack;

  constructor({ to, executable }: NonNullable<OpenJob['write']>) {
    this.#path = to;
    try {
      this.#fd = openSync(to, 'wx', executable ? 0o777 : 0o666);
    } catch (error) {
      throw translated(error, `cannot write ${to}`);
    }
    this.#writeBack = new WriteBack(to);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        at += (await writeAt(this.#fd, bytes, at, bytes.length - at, position + at)).bytesWritten;
      }
    } catch (error) {
      throw translated(error, `cannot write ${this.#path}`);
    }
    this.#writeBack.wrote(bytes.length);
  }

  async finish(size: number): Promise<void> {
    if (size < FORCED_FROM) return;
    try {
      await syncFile(this.#fd);
    } catch (error) {
      throw translated(error, `cannot write ${this.#path}`);
    }
  }

  async close(): Promise<void> {
    await closeFile(this.#fd);
  }
}

/** Says no hash: those of what is sealed are as secret as their contents. */
function mismatch({ path }: OpenJob): CairnError {
  return new CairnError(
    'damaged',
    `${path} is damaged: it does not have the SHA-256 that its manifest says`,
    {
      hint: 'take this version from another clone, or add it again from its source',
      data: { path },
    },
  );
}
