import { hash } from 'node:crypto';
import {
  type KeyDomain,
  type Manifest,
  type PlainFile,
  sealedSize,
  sealManifest,
  sealPackage,
} from '@cairn/crypto';
import { type ObjectWriter, PART_SIZE, PART_SIZE_MAX, type StoredStream, storeStream } from '@cairn/store';
import type { TaskOptions } from '../progress.ts';
import type { PlacedFile } from '../versions/version-tree.ts';
import { type SealingBase, storedAgain } from './base.ts';
import { ENVELOPE_FILE, MANIFEST_FILE, objectFile } from './layout.ts';

/** A package that is to be sealed as one version. */
export interface PackageToSeal {
  /** What the version is called, which its keys depend on. */
  readonly name: { readonly model: string; readonly version: string };
  /** The version it was made from. */
  readonly parent: string | null;
  /** The text of its `manifest.json`. */
  readonly manifest: string | null;
  /** All others, from wherever they come. */
  readonly files: readonly PlainFile[];
}

export interface SealingOptions extends Pick<TaskOptions, 'signal'> {
  readonly domain: KeyDomain;
  /** The bytes of `envelope.json`. */
  readonly envelope: Uint8Array;
  /** The version whose sealed objects are used again where nothing changed. */
  readonly base: SealingBase | null;
}

/** A package as it is stored: what it holds, and its files, of which none says anything to those without a key. */
export interface SealedPackageFiles {
  readonly manifest: Manifest;
  readonly placed: readonly PlacedFile[];
}

/**
 * Seals a package within a transaction, streaming from its files into the packs. Throws whatever the files throw, and
 * `changed` when one is not as long as it said.
 */
export async function sealFiles(
  writer: ObjectWriter,
  { name, parent, manifest: text, files }: PackageToSeal,
  { domain, envelope, base, signal }: SealingOptions,
): Promise<SealedPackageFiles> {
  const bytesExpected = files.reduce((sum, { size }) => sum + size, 0);
  const store = (path: string, chunks: AsyncIterable<Uint8Array>) =>
    storeStream(writer, { path, chunks, ...partSizes(domain) }, { bytesExpected, ...(signal && { signal }) });
  const placed: PlacedFile[] = [];
  const plan = { ...name, parent, package: text, files, ...(base && { base: base.manifest }) };
  const manifest = await sealPackage(domain, plan, async ({ id, chunks }) => {
    placed.push(placedAt(objectFile(id), await store(objectFile(id), chunks)));
  });
  if (base) placed.push(...reusedObjects(writer, { manifest, base, domain }));
  const sealed = await sealManifest(domain, manifest);
  placed.push(placedAt(MANIFEST_FILE, await store(MANIFEST_FILE, once(sealed))));
  placed.push(placedAt(ENVELOPE_FILE, storedWhole(writer, envelope)));
  return { manifest, placed };
}

/** The envelope is the same in every version of its domain, and no content that would be counted. */
function storedWhole(writer: ObjectWriter, bytes: Uint8Array): StoredStream {
  const content = { kind: 'blob', id: writer.add('blob', bytes) } as const;
  return { size: bytes.length, sha256: hash('sha256', bytes), content };
}

/**
 * Parts end where sealed segments end, so that to open one is to read one part; small segments share one. Only those
 * of 4 MiB, which are read and never written by this program, are too large for that.
 */
export function partSizes({ segmentSize }: Pick<KeyDomain, 'segmentSize'>): {
  readonly firstPart: number;
  readonly partSize: number;
} {
  const sealedSegment = sealedSize(2 * segmentSize, segmentSize) - sealedSize(segmentSize, segmentSize);
  const header = sealedSize(0, segmentSize) - (sealedSegment - segmentSize);
  const partSize = sealedSegment * Math.max(1, Math.floor(PART_SIZE / sealedSegment));
  return {
    firstPart: Math.min(header + partSize, PART_SIZE_MAX),
    partSize: Math.min(partSize, PART_SIZE_MAX),
  };
}

/** The base's objects that the manifest names too, under the ids of the blobs and trees that are there. */
function reusedObjects(
  writer: ObjectWriter,
  { manifest, base, domain }: { manifest: Manifest; base: SealingBase; domain: KeyDomain },
): PlacedFile[] {
  for (const { object, length } of manifest.files.flatMap(({ extents }) => extents)) {
    if (base.objects.has(object)) countReused(writer, length, domain);
  }
  return manifest.objects.flatMap(({ id }) => {
    const content = base.objects.get(id);
    return content ? [placedAt(objectFile(id), storedAgain(writer, content))] : [];
  });
}

/** In bytes of plaintext: the rest of an object that is used again is nobody's any more. */
function countReused({ reused }: ObjectWriter, length: number, { segmentSize }: KeyDomain): void {
  reused.bytes += length;
  reused.parts += Math.ceil(length / segmentSize);
}

function placedAt(path: string, stored: StoredStream): PlacedFile {
  return { path, stored: { ...stored, executable: false } };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
