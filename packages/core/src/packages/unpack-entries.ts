import { open, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CairnError } from '../errors.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { ArchiveEntry } from './archive-directory.ts';
import type { Archive } from './archive-reader.ts';

/** Unpacks files of a ZIP archive into a folder that is empty and the user's alone. */
export async function unpackEntries(
  folder: string,
  archive: Archive,
  { entries, signal, onProgress }: TaskOptions & { readonly entries: readonly ArchiveEntry[] },
): Promise<void> {
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  await checkRoom(folder, total);
  let done = 0;
  for (const [index, entry] of entries.entries()) {
    checkCancelled(signal);
    await writeUnpacked(folder, entry, counted(archive.stream(entry)));
    async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        checkCancelled(signal);
        yield chunk;
        done += chunk.byteLength;
        onProgress?.({ phase: 'unpacking', done, total, files: { done: index, total: entries.length } });
      }
    }
  }
}

/** Writes one file of an archive, and the folders above it. The path was checked before. */
export async function writeUnpacked(
  folder: string,
  { path, executable }: Pick<ArchiveEntry, 'path' | 'executable'>,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const target = join(folder, path);
  await makeFolder(dirname(target));
  await using file = await open(target, 'wx', executable ? 0o700 : 0o600);
  for await (const chunk of chunks) await file.writeFile(chunk);
}

/** Throws `no-space` before the disk is full. Bytes; `what` takes so many of them. */
export async function checkRoom(
  folder: string,
  size: number,
  what = 'the archive unpacks to',
): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const isKnown = blocks > 0;
  if (!isKnown || size <= free) return;
  throw new CairnError('no-space', `${what} ${size} bytes, and the disk of ${folder} has ${free} left`, {
    hint: 'free some room on that disk, then try again',
  });
}
