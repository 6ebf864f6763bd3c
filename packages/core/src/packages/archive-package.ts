import { CairnError } from '../errors.ts';
import type { ArchiveEntry } from './archive-directory.ts';
import type { Archive } from './archive-reader.ts';
import { checkHasManifest, checkPackage, isExcludedFromPackage, MANIFEST_FILE } from './layout.ts';
import { type PackageManifest, parsePackageManifest } from './manifest.ts';
import { MANIFEST_SIZE_MAX } from './manifest-text.ts';

/** The package that an archive holds. */
export interface ArchivedPackage {
  readonly manifest: PackageManifest;
  readonly entries: readonly ArchiveEntry[];
  /** Paths of what is left out of packages. */
  readonly skipped: readonly string[];
}

/** Reads the manifest of an archive, and checks its files against it; nothing is unpacked. Throws `invalid`. */
export async function packageIn(archive: Archive): Promise<ArchivedPackage> {
  const isSkipped = ({ path }: ArchiveEntry) => isExcludedFromPackage(path);
  const entries = archive.entries.filter((entry) => !isSkipped(entry));
  checkHasManifest(entries.map(({ path }) => path));
  const entry = entries.find(({ path }) => path === MANIFEST_FILE)!;
  const manifest = parsePackageManifest(await manifestBytes(archive, entry));
  checkPackage(entries, manifest);
  return { manifest, entries, skipped: archive.entries.filter(isSkipped).map(({ path }) => path) };
}

async function manifestBytes(archive: Archive, entry: ArchiveEntry): Promise<Uint8Array> {
  if (entry.size > MANIFEST_SIZE_MAX) {
    const sizes = `${entry.size} bytes, and at most ${MANIFEST_SIZE_MAX} are read`;
    throw new CairnError('invalid', `${MANIFEST_FILE} has ${sizes}`, {
      hint: 'pack the manifest of the package',
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive.stream(entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
