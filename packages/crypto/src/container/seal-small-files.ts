import type { Chunks } from '../bytes/chunks.ts';
import { encodeHex } from '../bytes/hex.ts';
import { wipe } from '../bytes/secret-bytes.ts';
import type { KeyDomain } from '../keys/key-domain.ts';
import type { Extent, ManifestFile, ManifestObject } from '../manifest/manifest.ts';
import { newObjectId } from '../manifest/names.ts';
import type { BaseFile } from './base-file.ts';
import { contentOf, type PlainFile } from './plain-file.ts';
import { type ObjectSink, writeObject } from './write-object.ts';

export interface SealedFiles {
  readonly files: readonly ManifestFile[];
  /** The object that holds them; `null` when nothing had to be written. */
  readonly object: ManifestObject | null;
}

/**
 * Seals files of less than one segment, back to back in one object, so that neither their number nor their
 * sizes show. Those that the base has unchanged under the same path stay where they are.
 */
export async function sealSmallFiles(
  domain: KeyDomain,
  files: readonly PlainFile[],
  bases: ReadonlyMap<string, BaseFile>,
  sink: ObjectSink,
): Promise<SealedFiles> {
  const id = newObjectId(domain.engine);
  const sealed: ManifestFile[] = [];
  const object = await writeObject(domain, id, newContents(domain, files, { id, bases, sealed }), sink);
  return { files: sealed, object };
}

async function* newContents(
  domain: KeyDomain,
  files: readonly PlainFile[],
  { id, bases, sealed }: { id: string; bases: ReadonlyMap<string, BaseFile>; sealed: ManifestFile[] },
): Chunks {
  let offset = 0;
  for (const file of files) {
    const { path, role, executable, size } = file;
    const content = await wholeContent(file);
    const sha256 = encodeHex(await domain.engine.sha256(content));
    const known = unchangedExtents(bases.get(path), size, sha256);
    const extents = known ?? (size === 0 ? [] : [{ object: id, offset, length: size }]);
    sealed.push({ path, role, executable, size, sha256, extents, segments: new Uint8Array() });
    if (known === null && size > 0) {
      offset += size;
      yield content;
    }
    wipe(content);
  }
}

async function wholeContent(file: PlainFile): Promise<Uint8Array> {
  const content = new Uint8Array(file.size);
  let end = 0;
  for await (const chunk of contentOf(file)) {
    content.set(chunk, end);
    end += chunk.length;
  }
  return content;
}

function unchangedExtents(
  base: BaseFile | undefined,
  size: number,
  sha256: string,
): readonly Extent[] | null {
  return base !== undefined && base.file.size === size && base.file.sha256 === sha256
    ? base.file.extents
    : null;
}
