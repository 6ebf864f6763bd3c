import { closeSync, fsync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { translated } from '../errors.ts';
import { writeAll } from '../files/write-all.ts';
import { WriteBack } from '../files/write-back.ts';
import type { StreamHash } from '../ingest/hashing.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import type { BufferRing } from './buffer-ring.ts';
import { checkSha256, fileBody } from './file-body.ts';
import type { FileContent } from './file-content.ts';

/** A file to check, and to write when it says where. */
export interface FileJob {
  readonly content: FileContent;
  readonly write?: {
    /** A path where nothing stands yet; the caller renames it when it is whole. */
    readonly to: string;
    readonly executable: boolean;
  };
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

/** From this size on a file is forced to the disk before it counts as written. Bytes. */
const FORCED_FROM = 1024 * 1024;

const force = promisify(fsync);

async function writeBody(
  body: AsyncIterable<Buffer>,
  { to, executable }: NonNullable<FileJob['write']>,
  onBytes: (count: number) => void,
): Promise<void> {
  const fd = open(to, executable ? 0o777 : 0o666);
  const writeBack = new WriteBack(to);
  let size = 0;
  try {
    for await (const bytes of body) {
      writeAll(fd, bytes, size);
      size += bytes.byteLength;
      onBytes(bytes.byteLength);
      if (writeBack.wrote(bytes.byteLength)) await setImmediate();
    }
    if (size >= FORCED_FROM) await force(fd);
  } catch (error) {
    throw translated(error, `cannot write ${to}`);
  } finally {
    closeSync(fd);
  }
}

function open(path: string, mode: number): number {
  try {
    return openSync(path, 'wx', mode);
  } catch (error) {
    throw translated(error, `cannot write ${path}`);
  }
}
