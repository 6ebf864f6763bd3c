import type { CheckedPackage, ExportedArchive, exportContainer, PackageManifest } from '@cairn/core';
import { documented } from './shape.ts';

/** What `cairn export` has done, as `--json` prints it. */
export interface ExportedJson {
  readonly model: string;
  readonly version: string;
  readonly file: string;
  readonly size: number;
  readonly sealed: boolean;
}

export const EXPORTED_SHAPE = documented<ExportedJson>('Exported', {
  model: ['string', 'the model'],
  version: ['string', 'the version'],
  file: ['string', 'the file that was written'],
  size: ['number', 'its bytes'],
  sealed: ['boolean', 'whether a key is needed to open it'],
});

export function exportedJson(
  { model, version, file, size }: ExportedArchive | Awaited<ReturnType<typeof exportContainer>>,
  sealed: boolean,
): ExportedJson {
  return { model, version, file, size, sealed };
}

/** What `cairn manifest new` has written, as `--json` prints it. */
export interface NewManifestJson {
  readonly file: string;
  readonly manifest: unknown;
}

export const NEW_MANIFEST_SHAPE = documented<NewManifestJson>('NewManifest', {
  file: ['string', 'the file that was written'],
  manifest: ['object', 'what is in it'],
});

/** What `cairn manifest check` has found to be right, as `--json` prints it. */
export interface CheckedPackageJson {
  readonly path: string;
  readonly kind: string;
  readonly files: number | null;
  readonly manifest: PackageManifest;
}

export const CHECKED_PACKAGE_SHAPE = documented<CheckedPackageJson>('CheckedPackage', {
  path: ['string', 'what was checked'],
  kind: ['"manifest" \\| "folder" \\| "archive"', 'what it is'],
  files: ['number \\| null', 'how many files the package has; null for a manifest alone'],
  manifest: ['object', 'the manifest in one form for both schemas, with its defaults'],
});

export function checkedPackageJson(
  path: string,
  { kind, files, manifest }: CheckedPackage,
): CheckedPackageJson {
  return { path, kind, files, manifest };
}
