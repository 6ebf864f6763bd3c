import type { KeyDomain, Manifest } from '@cairn/crypto';
import {
  encodeTree,
  type FileContent,
  type ObjectWriter,
  partFileName,
  type StoredStream,
  type TreeEntry,
} from '@cairn/store';
import { asCairnError, type CairnErrorCode } from '../errors.ts';
import { type LazyRepository, lazily } from '../lazy/lazy-repository.ts';
import type { Registry } from '../registry/registry.ts';
import { readStoredVersion, type VersionTarget } from '../versions/version-repository.ts';
import { versionTags } from '../versions/version-tags.ts';
import { openSealedFiles } from './open-version.ts';
import { sealedFiles } from './sealed-files.ts';

/** A sealed version whose objects a new one can use. */
export interface SealingBase {
  readonly manifest: Manifest;
  /** As they are stored, by id. */
  readonly objects: ReadonlyMap<string, FileContent>;
}

export interface BaseWanted {
  readonly model: string;
  readonly domain: KeyDomain;
  /** Looked at first. */
  readonly version: string | null;
  /** Of the files that are to be sealed, bytes: nothing of any other size can be used again. */
  readonly sizes: ReadonlySet<number>;
}

/**
 * The version that a new one is sealed against: the one wanted when it is sealed in the same key domain, else the
 * newest that is; `null` without one. One that is damaged is passed over: it costs the reuse, and nothing else. A lazy
 * clone fetches what may be used again: who has this version then has all of it.
 */
export async function findBase(
  writer: ObjectWriter,
  registry: Registry,
  { model, domain, version, sizes }: BaseWanted,
): Promise<SealingBase | null> {
  const tags = await versionTags(writer.repository, registry, model);
  const sealed = tags.filter(({ type, problem }) => type === 'packaged-encrypted' && problem === undefined);
  const names = sealed.map(({ name }) => name);
  const candidates = version !== null && names.includes(version) ? [version, ...names] : names;
  for (const candidate of candidates) {
    const bring = { repository: lazily(registry, writer.repository), sizes };
    try {
      const base = await baseAt(writer, { model, version: candidate }, { domain, bring });
      if (base) return base;
    } catch (error) {
      passOver(error);
      // What one cannot be fetched from, others cannot either.
      if (asCairnError(error).code === 'network') return null;
    }
  }
  return null;
}

/** What a version may be without any harm to the one that is made. */
const PASSED_OVER: ReadonlySet<CairnErrorCode> = new Set([
  'damaged',
  'hostile',
  'unsupported',
  'not-found',
  // What a lazy clone cannot fetch just now.
  'network',
]);

function passOver(error: unknown): null {
  if (PASSED_OVER.has(asCairnError(error).code)) return null;
  throw error;
}

export interface BaseOptions {
  readonly domain: KeyDomain;
  /** Brings what is sealed of files of these sizes where it is missing; left out where nothing can be missing. */
  readonly bring?: { readonly repository: LazyRepository; readonly sizes: ReadonlySet<number> };
}

/** A version as a base; `null` when it is sealed in another key domain. Throws as opening it does. */
export async function baseAt(
  writer: ObjectWriter,
  target: VersionTarget,
  { domain, bring }: BaseOptions,
): Promise<SealingBase | null> {
  const stored = await readStoredVersion(writer.repository, target);
  const sealed = await sealedFiles(bring?.repository ?? writer.repository, target, stored);
  if (!Buffer.from(sealed.parsed.cid).equals(domain.cid)) return null;
  await using opened = await openSealedFiles(domain, { target, stored, sealed });
  const objects = new Map([...sealed.objects].map(([id, { content }]) => [id, content]));
  if (bring) await bringUsable(opened.manifest, objects, { ...bring, target }).catch(passOver);
  return { manifest: withoutMissing(writer, opened.manifest, objects), objects };
}

async function bringUsable(
  { files }: Manifest,
  objects: ReadonlyMap<string, FileContent>,
  {
    repository,
    sizes,
    target: { model, version },
  }: NonNullable<BaseOptions['bring']> & { readonly target: VersionTarget },
): Promise<null> {
  const usable = files.filter(({ size }) => sizes.has(size)).flatMap(({ extents }) => extents);
  const wanted = new Set(usable.map(({ object }) => object));
  const parts = [...wanted].flatMap((object) => objects.get(object)?.parts ?? []);
  await repository.bring?.({ what: `${model}@${version}`, parts });
  return null;
}

/** Where parts could not be brought, the files that are in their object are sealed anew. */
function withoutMissing(
  writer: ObjectWriter,
  manifest: Manifest,
  objects: ReadonlyMap<string, FileContent>,
): Manifest {
  const missing = new Set(
    manifest.objects
      .map(({ id }) => id)
      .filter((id) => !objects.get(id)!.parts.every((part) => writer.has(part.id))),
  );
  if (missing.size === 0) return manifest;
  const files = manifest.files.filter(({ extents }) => !extents.some(({ object }) => missing.has(object)));
  return { ...manifest, files };
}

/** An object of a base as a new version has it: the same blob, or the same tree of the same parts. */
export function storedAgain(writer: ObjectWriter, { size, sha256, parts }: FileContent): StoredStream {
  const [only] = parts;
  if (parts.length === 1) return { size, sha256, content: { kind: 'blob', id: only!.id } };
  const entries = parts.map(
    ({ start, id }): TreeEntry => ({ mode: '100644', name: partFileName({ start, name: '' }), id }),
  );
  const tree = writer.add('tree', encodeTree(entries));
  return { size, sha256, content: { kind: 'parts', tree, count: parts.length } };
}
