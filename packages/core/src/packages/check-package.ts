import { resolve } from 'node:path';
import { atBorder, CairnError } from '../errors.ts';
import { checkFoundPackage } from '../sources/package.ts';
import { walkSources } from '../sources/walk.ts';
import { bytesAt, type FileKind, fileKindOf } from './file-kind.ts';
import { isExcludedFromPackage } from './layout.ts';
import { type PackageManifest, parsePackageManifest } from './manifest.ts';
import { MANIFEST_SIZE_MAX } from './manifest-text.ts';

/** A package or a manifest that was found to be right. */
export interface CheckedPackage {
  /** What was looked at: a manifest alone, or a package with all of its files. */
  readonly kind: 'manifest' | 'folder' | 'archive';
  readonly manifest: PackageManifest;
  /** How many files the package has; `null` for a manifest alone. */
  readonly files: number | null;
}

/**
 * Checks a manifest, a folder that is laid out as a package, or a `.mlarchive`; which of them it is, its content tells.
 * Throws `not-found`, and `invalid` with what is wrong.
 */
export function checkPackageAt(path: string): Promise<CheckedPackage> {
  return atBorder(async () => {
    const place = resolve(path);
    return CHECKS[await fileKindOf(place)](place);
  });
}

const CHECKS: Readonly<Record<FileKind, (path: string) => Promise<CheckedPackage>>> = {
  folder: checkFolder,
  archive: checkArchive,
  container: async (path) => {
    throw new CairnError('refused', `${path} is sealed: what is in it can be seen with its key alone`, {
      hint: 'import it, then look at the version with `cairn show`',
    });
  },
  other: checkManifest,
};

async function checkFolder(path: string): Promise<CheckedPackage> {
  const walk = await walkSources([{ path }], { isLeftOut: isExcludedFromPackage });
  const { manifest, files } = await checkFoundPackage(walk);
  return { kind: 'folder', manifest, files: files.length };
}

async function checkArchive(path: string): Promise<CheckedPackage> {
  const { openArchive } = await import('./archive-reader.ts');
  const { packageIn } = await import('./archive-package.ts');
  await using archive = await openArchive(path);
  const { manifest, entries } = await packageIn(archive);
  return { kind: 'archive', manifest, files: entries.length };
}

async function checkManifest(path: string): Promise<CheckedPackage> {
  const bytes = await bytesAt(path, { position: 0, size: MANIFEST_SIZE_MAX + 1 });
  return { kind: 'manifest', manifest: parsePackageManifest(bytes), files: null };
}
