import { isPartialClone, type ObjectId, type PartRef, type Repository } from '@cairn/store';
import type { VersionFileEntry } from '../schema/version.ts';
import { contentFinder } from '../versions/version-content.ts';
import type { StoredVersion } from '../versions/version-repository.ts';

/** Bytes of each file that are here, in the order of the files. Reads no contents, and of a full clone nothing. */
export async function presentBytes(
  repository: Repository,
  stored: StoredVersion,
  what: string,
): Promise<readonly number[]> {
  const { files } = stored.document;
  if (!isPartialClone(repository)) return files.map(({ size }) => size);
  const present: number[] = [];
  for (const parts of await partsOfEach(repository, stored, { files, what })) {
    const here = parts.filter(({ id }) => repository.objects.has(id));
    present.push(here.reduce((sum, { size }) => sum + size, 0));
  }
  return present;
}

/** The parts that files are stored as. */
export function partsOfEach(
  repository: Repository,
  stored: StoredVersion,
  { files, what }: { readonly files: readonly VersionFileEntry[]; readonly what: string },
): Promise<readonly (readonly PartRef[])[]> {
  const finder = contentFinder(repository, stored, what);
  return Promise.all(files.map(async (file) => (await finder.find(file)).parts));
}

/** The parts of files, each once with its size. */
export function distinctParts(parts: Iterable<readonly PartRef[]>): Map<ObjectId, number> {
  const sizes = new Map<ObjectId, number>();
  for (const each of parts) for (const { id, size } of each) sizes.set(id, size);
  return sizes;
}
