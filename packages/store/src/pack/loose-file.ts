import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { StoreError } from '../errors.ts';

/** Without waiting, as for packs: see `open-files.ts`. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The first bytes of a regular file, at most so many. Throws the platform's error when there is none. */
export function readLooseFile(path: string, lengthMax: number): Buffer {
  const fd = openSync(path, READ_WITHOUT_WAITING);
  try {
    const stats = fstatSync(fd);
    const bytes = Buffer.allocUnsafe(lengthOf(path, stats, lengthMax));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** The same without holding up the thread. */
export async function readLooseFileAsync(path: string, lengthMax: number): Promise<Buffer> {
  const file = await open(path, READ_WITHOUT_WAITING);
  try {
    const bytes = Buffer.allocUnsafe(lengthOf(path, await file.stat(), lengthMax));
    return bytes.subarray(0, (await file.read(bytes, 0, bytes.length, 0)).bytesRead);
  } finally {
    await file.close();
  }
}

interface FileFacts {
  readonly size: number;
  isFile(): boolean;
}

function lengthOf(path: string, stats: FileFacts, lengthMax: number): number {
  if (!stats.isFile()) throw new StoreError('hostile', `${path}: expected a regular file`);
  return Math.min(stats.size, lengthMax);
}
