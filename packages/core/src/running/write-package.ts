import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkFilePath } from '../file-path.ts';
import type { PackageFile } from '../packages/package.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import { platformPath } from '../versions/destination.ts';
import type { RunnablePackage } from './loaded-package.ts';

/**
 * Writes all files of a package into a folder, which it makes, so that only the calling user can read them. Throws
 * what the package throws for a file that is not what it should be; the caller removes the folder then.
 */
export async function writePackage(
  source: Pick<RunnablePackage, 'files' | 'stream'>,
  folder: string,
  { signal, onProgress }: TaskOptions,
): Promise<void> {
  const { files } = source;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  await mkdir(folder, { mode: 0o700 });
  for (const [index, file] of files.entries()) {
    const path = join(folder, platformPath(checkFilePath(file.path)));
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileTo(path, file, source.stream(file.path), (bytes) => {
      checkCancelled(signal);
      done += bytes;
      onProgress?.({ phase: 'writing', done, total, files: { done: index, total: files.length } });
    });
  }
}

async function writeFileTo(
  path: string,
  { executable }: PackageFile,
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  // `wx`: two names that this file system takes for one would otherwise become one file.
  const file = await open(path, 'wx', executable ? 0o700 : 0o600);
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk);
      onBytes(chunk.length);
    }
  } finally {
    await file.close();
  }
}
