import { createHash } from 'node:crypto';
import {
  type Chunks,
  type KeyDomain,
  type Manifest,
  memorySource,
  openManifest,
  PackageReader,
  paddedSize,
  type RangedSource,
  sealedSize,
} from '@cairn/crypto';
import { CairnError, openingOf } from '../errors.ts';
import { MANIFEST_FILE as PACKAGE_MANIFEST } from '../packages/layout.ts';
import type { VersionFileEntry } from '../schema/version.ts';
import { checkFilePaths } from '../versions/document-files.ts';
import { MANIFEST_FILE } from './layout.ts';

/** A sealed package, wherever it is kept. */
export interface SealedPackage {
  /** What messages call it. */
  readonly what: string;
  /** What it was called when it was sealed, which its keys depend on. */
  readonly name: { readonly model: string; readonly version: string };
  readonly manifest: RangedSource;
  /** By id. */
  readonly objects: ReadonlyMap<string, RangedSource>;
}

/** A sealed package that was opened, and can be read without further thought of where its bytes are. */
export interface OpenedPackage {
  readonly manifest: Manifest;
  readonly reader: PackageReader;
  /** The files that it holds, the package's own manifest among them, sorted by path. */
  readonly files: readonly VersionFileEntry[];
  /** The bytes of `manifest.json` where they are in no object, but in the sealed manifest itself. */
  readonly inManifest: Uint8Array | null;
  source(path: string): RangedSource;
  /** Chunks that are each valid until the next. Throws after the last when the whole is not what the manifest says. */
  chunks(path: string): Chunks;
}

/**
 * Opens the sealed manifest of a package, and checks all that it says before anything is done with it: whoever wrote
 * it has the key, and may mean harm all the same. Throws `damaged`, `hostile` or `unsupported`. The reader is the
 * caller's to close, and the domain stays open.
 */
export async function openSealedPackage(domain: KeyDomain, sealed: SealedPackage): Promise<OpenedPackage> {
  const { what, name } = sealed;
  const manifest = await openingOf(
    `${MANIFEST_FILE} of ${what}`,
    () => openManifest(domain, sealed.manifest, name),
    {
      authenticated: true,
    },
  );
  await openingOf(what, async () => checkObjects(domain, manifest, sealed));
  const inManifest = ownManifest(manifest, what);
  const files = filesOf(manifest, inManifest);
  checkFilePaths(files, what);
  const reader = new PackageReader(domain, manifest, (id) => sealed.objects.get(id)!);
  const isInManifest = (path: string) => inManifest !== null && path === PACKAGE_MANIFEST;
  return {
    manifest,
    reader,
    files,
    inManifest,
    source: (path) => (isInManifest(path) ? memorySource(inManifest!) : reader.source(path)),
    chunks: (path) => (isInManifest(path) ? once(inManifest!) : reader.chunks(path)),
  };
}

/** Every object that the manifest uses is there at its length, and no others are. */
function checkObjects({ segmentSize }: KeyDomain, { objects }: Manifest, sealed: SealedPackage): void {
  for (const { id, size } of objects) {
    const expected = sealedSize(paddedSize(size), segmentSize);
    const found = sealed.objects.get(id)?.size;
    if (found === undefined) throw damaged(sealed, `its object ${id} is missing`);
    if (found !== expected) {
      throw damaged(sealed, `its object ${id} has ${found} bytes, and must have ${expected}`);
    }
  }
  const used = new Set(objects.map(({ id }) => id));
  const extra = [...sealed.objects.keys()].find((id) => !used.has(id));
  if (extra !== undefined) throw damaged(sealed, `it has an object ${extra} that its manifest does not know`);
}

/** The text in the manifest, unless a file holds the same. */
function ownManifest({ package: text, files }: Manifest, what: string): Uint8Array | null {
  if (text === null) return null;
  const bytes = new TextEncoder().encode(text);
  const file = files.find(({ path }) => path === PACKAGE_MANIFEST);
  if (file === undefined) return bytes;
  if (file.sha256 === sha256Of(bytes)) return null;
  throw new CairnError('hostile', `${what} has two different ${PACKAGE_MANIFEST}`, {
    hint: 'do not trust where it came from',
  });
}

function filesOf({ files }: Manifest, inManifest: Uint8Array | null): VersionFileEntry[] {
  const entries: VersionFileEntry[] = files.map(({ path, size, sha256, executable }) => ({
    path,
    size,
    sha256,
    ...(executable && { executable }),
  }));
  if (inManifest !== null) {
    entries.push({ path: PACKAGE_MANIFEST, size: inManifest.length, sha256: sha256Of(inManifest) });
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function* once(bytes: Uint8Array): Chunks {
  yield bytes;
}

function damaged({ what }: SealedPackage, problem: string): CairnError {
  return new CairnError('damaged', `${what} is damaged: ${problem}`, {
    hint: 'take it from another clone, or seal it again from its source',
  });
}
