import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { translated } from '../errors.ts';
import { WriteBack } from '../files/write-back.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { type BodyOptions, fileBody } from './file-body.ts';
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

/** From this size on a file is forced to the disk before it counts as written. Bytes. */
const FORCED_FROM = 1024 * 1024;

/** Reads, checks and perhaps writes one file, on the calling thread. Throws `damaged` when it is not what it should be. */
export async function runFileJob(
  objects: ObjectStore,
  job: FileJob,
  options: BodyOptions & { readonly onBytes: (count: number) => void },
): Promise<void> {
  const body = fileBody(objects, job.content, options);
  if (job.write) await writeBody(body, job.write, { size: job.content.size, onBytes: options.onBytes });
  else for (const bytes of body) options.onBytes(bytes.byteLength);
}

interface WriteOptions {
  readonly size: number;
  readonly onBytes: (count: number) => void;
}

async function writeBody(
  body: Iterable<Buffer>,
  { to, executable }: NonNullable<FileJob['write']>,
  options: WriteOptions,
): Promise<void> {
  const fd = open(to, executable ? 0o777 : 0o666);
  const writeBack = new WriteBack(to);
  try {
    for (const bytes of body) {
      writeAll(fd, bytes, to);
      options.onBytes(bytes.byteLength);
      if (writeBack.wrote(bytes.byteLength)) await setImmediate();
    }
    if (options.size >= FORCED_FROM) fsyncSync(fd);
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

function writeAll(fd: number, bytes: Buffer, path: string): void {
  try {
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    throw translated(error, `cannot write ${path}`);
  }
}
