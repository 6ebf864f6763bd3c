import { openArchive } from '../../packages/archive-reader.ts';
import { unpackEntries } from '../../packages/unpack-entries.ts';
import type { TaskOptions } from '../../progress.ts';
import type { Packing } from './compression.ts';
import { unpackTar } from './unpack-tar.ts';

/**
 * Unpacks an archive of any packing into a folder that is empty and the user's alone; nothing is written outside of it.
 * The archive is not trusted, and what the folder holds after an error is of no use. Throws `hostile`, `damaged`,
 * `unsupported` or `no-space`, and names the archive.
 */
export async function unpackArchive(
  file: string,
  folder: string,
  { packing, ...task }: TaskOptions & { readonly packing: Packing },
): Promise<void> {
  if (packing !== 'zip') return unpackTar(file, folder, { ...task, packing });
  await using archive = await openArchive(file);
  await unpackEntries(folder, archive, { ...task, entries: archive.entries });
}
