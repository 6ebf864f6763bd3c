import type { Chunks, PlainFile } from '@cairn/crypto';
import { type ObjectWriter, readSource } from '@cairn/store';
import { packageRole } from '../packages/layout.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import { type FoundFile, sizeOf } from '../sources/walk.ts';

/**
 * Files that were found, to be sealed within a transaction: each is read once, when it is its turn. Reading throws
 * `changed` for one that is not what it was when it was found.
 */
export function plainFiles(
  writer: ObjectWriter,
  files: readonly FoundFile[],
  { segmentSize, ...task }: TaskOptions & { readonly segmentSize: number },
): PlainFile[] {
  const bytes = sizeOf(files);
  const counted = countedBy({ bytes, files: files.length }, task);
  return files.map(({ path, from, stat }): PlainFile => {
    const size = Number(stat.size);
    // The SHA-256 of smaller files is that of their one segment.
    const hash = size >= segmentSize ? writer.openHash(bytes) : undefined;
    return {
      path,
      role: packageRole(path)!,
      executable: (stat.mode & 0o100n) !== 0n,
      size,
      open: () => counted(readSource({ from, path }, size, hash)),
      ...(hash && { sha256: () => hash.digest() }),
    };
  });
}

/** Passes on the contents of files one after the other, tells how far they have come, and ends when that is wanted. */
export function countedBy(
  total: { readonly bytes: number; readonly files: number },
  { signal, onProgress }: TaskOptions,
): (chunks: Chunks) => Chunks {
  let bytes = 0;
  let files = 0;
  const tell = () =>
    onProgress?.({
      phase: 'storing',
      done: bytes,
      total: total.bytes,
      files: { done: files, total: total.files },
    });
  return async function* (chunks) {
    for await (const chunk of chunks) {
      checkCancelled(signal);
      bytes += chunk.length;
      tell();
      yield chunk;
    }
    files += 1;
    tell();
  };
}
