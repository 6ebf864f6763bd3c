import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CairnError } from '../errors.ts';
import { checkHasManifest, checkPackage, MANIFEST_FILE } from '../packages/layout.ts';
import { type PackageManifest, parsePackageManifest } from '../packages/manifest.ts';
import { MANIFEST_SIZE_MAX } from '../packages/manifest-text.ts';
import type { FoundFile, Walk } from './walk.ts';

/** What is compared of a file that was stored. */
interface StoredUnder {
  readonly path: string;
  readonly stored: { readonly sha256: string };
}

/** A package among sources, found to be right as far as that can be seen before its files are read. */
export interface FoundPackage {
  readonly files: readonly FoundFile[];
  readonly manifest: PackageManifest;
  /** The bytes of `manifest.json` that were checked. */
  readonly manifestBytes: Uint8Array;
  /** Throws `changed` when another manifest than that was stored. */
  checkStored(files: readonly StoredUnder[]): void;
}

/** Reads the manifest among the files that were found, and checks the files against it. Throws `invalid`. */
export async function checkFoundPackage({ sources }: Walk): Promise<FoundPackage> {
  const files = sources.flatMap((source) => source.files);
  checkHasManifest(files.map(({ path }) => path));
  const manifestBytes = await readManifest(files.find(({ path }) => path === MANIFEST_FILE)!);
  const manifest = parsePackageManifest(manifestBytes);
  checkPackage(
    files.map(({ path, stat }) => ({ path, size: Number(stat.size) })),
    manifest,
  );
  return { files, manifest, manifestBytes, checkStored: (stored) => checkStored(stored, manifestBytes) };
}

async function readManifest({ from, stat }: FoundFile): Promise<Uint8Array> {
  if (stat.size <= MANIFEST_SIZE_MAX) return readFile(from);
  throw new CairnError(
    'invalid',
    `${from} has ${stat.size} bytes; a manifest has at most ${MANIFEST_SIZE_MAX}`,
    {
      hint: 'name the manifest of the package',
      data: { path: from },
    },
  );
}

function checkStored(files: readonly StoredUnder[], manifestBytes: Uint8Array): void {
  const found = files.find(({ path }) => path === MANIFEST_FILE);
  if (found?.stored.sha256 === hash('sha256', manifestBytes)) return;
  throw new CairnError('changed', `${MANIFEST_FILE} changed while it was read`, {
    hint: 'wait until nothing writes to it, then try again',
    data: { path: MANIFEST_FILE },
  });
}
