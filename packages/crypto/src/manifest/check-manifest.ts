import { SHA256_SIZE } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { CID_SIZE } from '../keys/data-key.ts';
import { HEADER_SIZE, STREAM_SIZE_MAX } from '../stream/layout.ts';
import { continues } from './extents.ts';
import type { Extent, Manifest, ManifestFile, ManifestObject } from './manifest.ts';
import { checkName, checkObjectId, checkPaths } from './names.ts';

const HEX_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Throws `format` unless a manifest is consistent in itself. Run when it is written and when it is read: its
 * tag says only that somebody with the key wrote it.
 */
export function checkManifest(manifest: Manifest, segmentSize: number): void {
  ensure(manifest.cid.length === CID_SIZE, 'cid: expected 32 bytes');
  checkName(manifest.model, 'model');
  checkName(manifest.version, 'version');
  if (manifest.parent !== null) checkName(manifest.parent, 'parent');
  checkObjects(manifest.objects);
  ensureSorted(
    manifest.files.map((file) => file.path),
    'files',
  );
  checkPaths(manifest.files.map((file) => file.path));
  for (const file of manifest.files) checkFile(file, segmentSize);
  checkExtents(manifest);
}

function checkObjects(objects: readonly ManifestObject[]): void {
  ensureSorted(
    objects.map((object) => object.id),
    'objects',
  );
  for (const { id, header, size } of objects) {
    checkObjectId(id);
    ensure(header.length === HEADER_SIZE, 'object header: expected 56 bytes');
    ensure(size >= 1 && size < STREAM_SIZE_MAX, 'object size: expected less than 4 PiB, and not nothing');
  }
}

function checkFile(file: ManifestFile, segmentSize: number): void {
  const large = file.size >= segmentSize;
  const hashes = large ? Math.ceil(file.size / segmentSize) : 0;
  ensure(HEX_SHA256.test(file.sha256), 'file sha256: expected 64 hex digits');
  ensure(file.segments.length === hashes * SHA256_SIZE, 'file segments: expected a hash for every segment');
  let size = 0;
  for (const [i, extent] of file.extents.entries()) {
    const previous = file.extents[i - 1];
    ensure(extent.length >= 1, 'extent: expected at least one byte');
    ensure(previous === undefined || !continues(previous, extent), 'extents: two that are one');
    ensure(!large || isAligned(extent, size, file.size, segmentSize), 'extent: expected whole segments');
    size += extent.length;
  }
  ensure(size === file.size, 'extents: expected as many bytes as the file has');
}

/** A large file's extents are runs of whole segments, of which only the file's last is shorter. */
function isAligned(extent: Extent, start: number, fileSize: number, segmentSize: number): boolean {
  const isLast = start + extent.length === fileSize;
  return extent.offset % segmentSize === 0 && (isLast || extent.length % segmentSize === 0);
}

/** Within their objects, no byte used twice, no object unused. */
function checkExtents({ files, objects }: Manifest): void {
  const sizes = new Map(objects.map((object) => [object.id, object.size]));
  const extents = files.flatMap((file) => file.extents).sort(byPlace);
  for (const [i, { object, offset, length }] of extents.entries()) {
    const size = sizes.get(object);
    const previous = extents[i - 1];
    ensure(size !== undefined && offset + length <= size, 'extent: expected bytes within an object');
    ensure(
      previous?.object !== object || previous.offset + previous.length <= offset,
      'extents: two that overlap',
    );
  }
  const used = new Set(extents.map((extent) => extent.object));
  ensure(used.size === objects.length, 'objects: expected every one to be used');
}

function byPlace(a: Extent, b: Extent): number {
  if (a.object !== b.object) return a.object < b.object ? -1 : 1;
  return a.offset - b.offset;
}

function ensureSorted(names: readonly string[], what: string): void {
  ensure(
    names.every((name, i) => i === 0 || names[i - 1]! < name),
    `${what}: expected sorted and different`,
  );
}

function ensure(holds: boolean, message: string): asserts holds {
  if (!holds) throw new CryptoError('format', `manifest: ${message}`);
}
