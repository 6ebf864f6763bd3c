import { blocksOf, type Chunks } from '../bytes/chunks.ts';
import { encodeHex } from '../bytes/hex.ts';
import { joinBytes } from '../bytes/join.ts';
import type { Hasher } from '../engines/engine.ts';
import type { KeyDomain } from '../keys/key-domain.ts';
import { appendExtent } from '../manifest/extents.ts';
import type { Extent, ManifestFile, ManifestObject } from '../manifest/manifest.ts';
import { newObjectId } from '../manifest/names.ts';
import { type BaseFile, extentsOfSegment } from './base-file.ts';
import { contentOf, type PlainFile } from './plain-file.ts';
import { type ObjectSink, writeObject } from './write-object.ts';

export interface SealedFile {
  readonly file: ManifestFile;
  /** The object that was written for it; `null` when the base holds all of it. */
  readonly object: ManifestObject | null;
}

/** What is found out about a file while it is read. */
interface Findings {
  readonly extents: Extent[];
  readonly hashes: Uint8Array[];
  readonly hasher: Hasher | null;
}

/**
 * Seals a file of at least one segment. Segments that the base file has at the same place become extents
 * that point there; the others go into a new object.
 */
export async function sealLargeFile(
  domain: KeyDomain,
  file: PlainFile,
  base: BaseFile | undefined,
  sink: ObjectSink,
): Promise<SealedFile> {
  const id = newObjectId(domain.engine);
  const hasher = file.sha256 === undefined ? domain.engine.sha256Hasher() : null;
  const findings: Findings = { extents: [], hashes: [], hasher };
  const object = await writeObject(domain, id, newSegments(domain, file, { id, base, findings }), sink);
  const { path, role, executable, size } = file;
  const sha256 = hasher === null ? await file.sha256!() : encodeHex(hasher.digest());
  const segments = joinBytes(...findings.hashes);
  return { file: { path, role, executable, size, sha256, extents: findings.extents, segments }, object };
}

async function* newSegments(
  { engine, segmentSize }: KeyDomain,
  file: PlainFile,
  { id, base, findings }: { id: string; base: BaseFile | undefined; findings: Findings },
): Chunks {
  let offset = 0;
  for await (const bytes of blocksOf(contentOf(file), segmentSize)) {
    if (bytes.length === 0) break;
    const sha256 = await engine.sha256(bytes);
    const segment = { index: findings.hashes.length, size: bytes.length, sha256 };
    findings.hasher?.update(bytes);
    findings.hashes.push(sha256);
    const known = base === undefined ? null : extentsOfSegment(base, segment, segmentSize);
    for (const extent of known ?? [{ object: id, offset, length: bytes.length }]) {
      appendExtent(findings.extents, extent);
    }
    if (known !== null) continue;
    offset += bytes.length;
    yield bytes;
  }
}
