import { memorySource } from '../../src/bytes/ranged-source.ts';
import { PackageReader } from '../../src/container/package-reader.ts';
import type { PlainFile } from '../../src/container/plain-file.ts';
import { type PackagePlan, sealPackage } from '../../src/container/seal-package.ts';
import type { SealedObject } from '../../src/container/write-object.ts';
import type { KeyDomain } from '../../src/keys/key-domain.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { chunked, collected } from '../bytes.ts';

/** Objects in memory, as a sink and as a lookup. */
export class MemoryObjects {
  readonly stored = new Map<string, Uint8Array>();

  readonly sink = async (object: SealedObject): Promise<void> => {
    this.stored.set(object.id, await collected(object.chunks));
  };

  readonly lookup = (id: string) => {
    const bytes = this.stored.get(id);
    if (bytes === undefined) throw new Error('no such object in memory');
    return memorySource(bytes);
  };
}

export function plainFile(path: string, bytes: Uint8Array, changes: Partial<PlainFile> = {}): PlainFile {
  return {
    path,
    role: 'model',
    executable: false,
    size: bytes.length,
    open: () => chunked(bytes, 10_000),
    ...changes,
  };
}

/** A plan for files given as path and bytes. */
export function planOf(
  files: Readonly<Record<string, Uint8Array>>,
  changes: Partial<PackagePlan> = {},
): PackagePlan {
  return {
    model: 'net',
    version: 'v1',
    parent: null,
    package: null,
    files: Object.entries(files).map(([path, bytes]) => plainFile(path, bytes)),
    ...changes,
  };
}

export function sealed(domain: KeyDomain, plan: PackagePlan, objects: MemoryObjects): Promise<Manifest> {
  return sealPackage(domain, plan, objects.sink);
}

/** Every file of a package, read from beginning to end. */
export async function contentsOf(
  domain: KeyDomain,
  manifest: Manifest,
  objects: MemoryObjects,
): Promise<Record<string, Uint8Array>> {
  const reader = new PackageReader(domain, manifest, objects.lookup);
  const contents: Record<string, Uint8Array> = {};
  for (const { path } of manifest.files) contents[path] = await collected(reader.chunks(path));
  await reader.close();
  return contents;
}
