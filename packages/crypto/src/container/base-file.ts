import { equalBytes } from '../bytes/secret-bytes.ts';
import { SHA256_SIZE } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import type { KeyDomain } from '../keys/key-domain.ts';
import { type ExtentMap, extentMap, extentsAt } from '../manifest/extents.ts';
import type { Extent, Manifest, ManifestFile } from '../manifest/manifest.ts';

/** A file of the version that a new one is sealed against. */
export interface BaseFile {
  readonly file: ManifestFile;
  readonly map: ExtentMap;
}

/** The files of a base by path; none without a base. Throws `invalid` for a base of another key domain. */
export function baseFiles(domain: KeyDomain, base: Manifest | undefined): ReadonlyMap<string, BaseFile> {
  if (base !== undefined && !equalBytes(base.cid, domain.cid)) {
    throw new CryptoError('invalid', 'base: expected a manifest of the same key domain');
  }
  const files = base?.files ?? [];
  return new Map(files.map((file) => [file.path, { file, map: extentMap(file.extents) }]));
}

/** A segment of a new file, with its place in it. */
export interface Segment {
  readonly index: number;
  readonly size: number;
  readonly sha256: Uint8Array;
}

/** Where the base file has the same segment at the same place; `null` where it has another, or none. */
export function extentsOfSegment(base: BaseFile, segment: Segment, segmentSize: number): Extent[] | null {
  const hashOffset = segment.index * SHA256_SIZE;
  const known = base.file.segments.subarray(hashOffset, hashOffset + SHA256_SIZE);
  // Segments with the same hash are of the same size, too.
  if (!equalBytes(known, segment.sha256)) return null;
  return extentsAt(base.map, segment.index * segmentSize, segment.size);
}
