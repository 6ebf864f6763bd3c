import { createHash } from 'node:crypto';
import { packageIn } from '../packages/archive-package.ts';
import { openArchive } from '../packages/archive-reader.ts';
import type { PackageFile } from '../packages/package.ts';
import { checkedChunks } from '../packages/read-package.ts';
import { checkCancelled } from '../progress.ts';
import type { RunnablePackage } from './loaded-package.ts';

/**
 * Opens a `.mlarchive` for running. An archive says no SHA-256 of its files, by which hooks are trusted: each is read
 * once to find it, and a file that is another when it is read again is an error.
 */
export async function openArchivePackage(path: string, signal?: AbortSignal): Promise<RunnablePackage> {
  const archive = await openArchive(path);
  try {
    const { manifest, entries } = await packageIn(archive);
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    const files: PackageFile[] = [];
    for (const entry of entries) {
      checkCancelled(signal);
      const { size, executable } = entry;
      files.push({ path: entry.path, size, sha256: await sha256Of(archive.stream(entry)), executable });
    }
    const close = async () => archive[Symbol.asyncDispose]();
    return {
      ...{ model: manifest.name ?? 'archive', version: manifest.version, type: 'packaged', manifest, files },
      stream: (name) =>
        checkedChunks({ ...files.find((file) => file.path === name)! }, archive.stream(byPath.get(name)!)),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await archive[Symbol.asyncDispose]();
    throw error;
  }
}

async function sha256Of(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
