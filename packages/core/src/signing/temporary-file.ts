import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Hands something that is no secret to a program that wants it as a file: a public key or a signature. Not in the
 * registry, which may be on a disk that is only read.
 */
export async function withTemporaryFile<T>(content: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `cairn-${randomBytes(12).toString('hex')}.tmp`);
  try {
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
    return await use(path);
  } finally {
    await rm(path, { force: true });
  }
}
