import { setImmediate } from 'node:timers/promises';
import type { StreamHash } from '../ingest/hashing.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import type { BufferRing } from './buffer-ring.ts';
import { checkSha256, fileBody } from './file-body.ts';
import type { FileContent } from './file-content.ts';
import { type WritePlace, WrittenFile } from './written-file.ts';

/** A file to check, and to write when it says where. */
export interface FileJob {
  readonly content: FileContent;
  readonly write?: WritePlace;
}

export interface FileJobOptions {
  readonly buffers: BufferRing;
  /** Begins the SHA-256 of a file of so many bytes. */
  readonly openHash: (size: number) => StreamHash;
  /** Also checks every object against its name: slower, and tells which part is damaged. */
  readonly checkObjects: boolean;
  readonly onBytes: (count: number) => void;
}

/** Reads, checks and perhaps writes one file, on the calling thread. Throws `damaged` when it is not what it should be. */
export async function runFileJob(objects: ObjectStore, job: FileJob, options: FileJobOptions): Promise<void> {
  const hash = options.openHash(job.content.size);
  const body = fileBody(objects, job.content, { ...options, hash });
  try {
    if (job.write) await writeBody(body, job.write, options.onBytes);
    else for await (const bytes of body) options.onBytes(bytes.byteLength);
  } catch (error) {
    // Nobody asks any more, and nothing is to be kept for the answer.
    hash.digest().catch(() => undefined);
    throw error;
  }
  checkSha256(job.content, await hash.digest());
}

async function writeBody(
  body: AsyncIterable<Buffer>,
  place: WritePlace,
  onBytes: (count: number) => void,
): Promise<void> {
  const file = new WrittenFile(place);
  try {
    for await (const bytes of body) {
      const giveWay = file.write(bytes);
      onBytes(bytes.byteLength);
      if (giveWay) await setImmediate();
    }
    await file.force();
  } finally {
    file.close();
  }
}
