import { setImmediate } from 'node:timers/promises';
import type { Extent } from '@cairn/crypto';
import type { FileWriting, StreamHash, WritePlace } from '@cairn/store';
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
  readonly write?: WritePlace;
}

/** What the bytes of a file are given to. */
export interface OpenMeans {
  openHash(): StreamHash;
  openWriting(place: WritePlace): Promise<FileWriting>;
}

export interface OpenJobOptions extends OpenMeans {
  readonly onBytes: (count: number) => void;
}

/**
 * Opens, checks and perhaps writes one file: while segments are opened, those before them are hashed and written. Throws
 * `damaged` when the file is not what its manifest says; what was written by then is the caller's to remove.
 */
export async function runOpenJob(
  opener: SegmentOpener,
  job: OpenJob,
  { openHash, openWriting, onBytes }: OpenJobOptions,
): Promise<void> {
  const hash = openHash();
  const file = job.write ? await openWriting(job.write) : null;
  try {
    await passOn(opener, job, { hash, file, onBytes });
    if ((await hash.digest()) !== job.sha256) throw mismatch(job);
    await file?.force();
  } finally {
    await file?.close();
  }
}

interface Takers {
  readonly hash: StreamHash;
  readonly file: FileWriting | null;
  readonly onBytes: (count: number) => void;
}

async function passOn(opener: SegmentOpener, job: OpenJob, { hash, file, onBytes }: Takers): Promise<void> {
  const underway: Promise<void>[] = [];
  try {
    for (const piece of piecesOf(opener, job)) {
      underway.push(unheard(all(hash.update(piece), file?.write(piece))));
      if (underway.length >= opener.buffers) await underway.shift();
      await setImmediate();
      onBytes(piece.length);
    }
    await Promise.all(underway);
  } finally {
    // Nobody looks into the buffers any more when the next file is opened.
    await Promise.allSettled(underway);
  }
}

/** Kept or broken once none of the promises is open any more. */
async function all(...promises: readonly (Promise<void> | undefined)[]): Promise<void> {
  await Promise.allSettled(promises);
  await Promise.all(promises);
}

/** A promise that is awaited later: until then nobody else must hear of a failure. */
function unheard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** The bytes of a file in order, as views of the opener's buffers. */
function* piecesOf(opener: SegmentOpener, { extents }: OpenJob): Generator<Uint8Array> {
  for (const { object, offset, length } of extents) {
    for (let done = 0; done < length; ) {
      const piece = opener.read(object, offset + done, length - done);
      yield piece;
      done += piece.length;
    }
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
