import { encodeBase64url } from '../bytes/base64url.ts';
import { encodeCanonicalJson, type JsonValue, parseCanonicalJson } from '../bytes/canonical-json.ts';
import {
  booleanOf,
  bytesOf,
  fieldOf,
  fieldsOf,
  integerOf,
  listOf,
  stringOf,
  stringOrNullOf,
} from '../bytes/json-fields.ts';
import { CryptoError } from '../errors.ts';
import { checkManifest } from './check-manifest.ts';
import {
  type Extent,
  FILE_ROLES,
  type FileRole,
  type Manifest,
  type ManifestFile,
  type ManifestObject,
} from './manifest.ts';

export const MANIFEST_FORMAT = 'cairn-manifest/1';

/** Canonical JSON. The inverse of {@link parseManifest}; throws `format` for a manifest that it would refuse. */
export function encodeManifest(manifest: Manifest, segmentSize: number): Uint8Array {
  checkManifest(manifest, segmentSize);
  const indexes = new Map(manifest.objects.map((object, i) => [object.id, i]));
  return encodeCanonicalJson({
    cid: encodeBase64url(manifest.cid),
    files: manifest.files.map((file) => fileJson(file, indexes)),
    fmt: MANIFEST_FORMAT,
    model: manifest.model,
    objects: manifest.objects.map(objectJson),
    package: manifest.package,
    parent: manifest.parent,
    version: manifest.version,
  });
}

/** Reads a manifest. Throws `format` or `unsupported`. */
export function parseManifest(bytes: Uint8Array, segmentSize: number): Manifest {
  const json = parseCanonicalJson(bytes, 'manifest');
  if (fieldOf(json, 'fmt') !== MANIFEST_FORMAT) {
    throw new CryptoError('unsupported', `manifest: expected fmt ${MANIFEST_FORMAT}`);
  }
  const manifest = manifestFrom(json);
  checkManifest(manifest, segmentSize);
  return manifest;
}

function manifestFrom(json: JsonValue): Manifest {
  const keys = ['cid', 'files', 'fmt', 'model', 'objects', 'package', 'parent', 'version'] as const;
  const fields = fieldsOf(json, 'manifest', keys);
  const objects = listOf(fields.objects, 'manifest objects').map(objectFrom);
  return {
    cid: bytesOf(fields.cid, 'manifest cid'),
    model: stringOf(fields.model, 'manifest model'),
    version: stringOf(fields.version, 'manifest version'),
    parent: stringOrNullOf(fields.parent, 'manifest parent'),
    package: stringOrNullOf(fields.package, 'manifest package'),
    files: listOf(fields.files, 'manifest files').map((file) => fileFrom(file, objects)),
    objects,
  };
}

function objectJson(object: ManifestObject): JsonValue {
  return { header: encodeBase64url(object.header), id: object.id, size: object.size };
}

function objectFrom(json: JsonValue): ManifestObject {
  const fields = fieldsOf(json, 'manifest object', ['header', 'id', 'size']);
  return {
    id: stringOf(fields.id, 'object id'),
    header: bytesOf(fields.header, 'object header'),
    size: integerOf(fields.size, 'object size'),
  };
}

function fileJson(file: ManifestFile, indexes: ReadonlyMap<string, number>): JsonValue {
  return {
    executable: file.executable,
    extents: file.extents.map(({ object, offset, length }) => [indexes.get(object)!, offset, length]),
    path: file.path,
    role: file.role,
    segments: encodeBase64url(file.segments),
    sha256: file.sha256,
    size: file.size,
  };
}

function fileFrom(json: JsonValue, objects: readonly ManifestObject[]): ManifestFile {
  const keys = ['executable', 'extents', 'path', 'role', 'segments', 'sha256', 'size'] as const;
  const fields = fieldsOf(json, 'manifest file', keys);
  return {
    path: stringOf(fields.path, 'file path'),
    role: roleOf(fields.role),
    executable: booleanOf(fields.executable, 'file executable'),
    size: integerOf(fields.size, 'file size'),
    sha256: stringOf(fields.sha256, 'file sha256'),
    extents: listOf(fields.extents, 'file extents').map((extent) => extentFrom(extent, objects)),
    segments: bytesOf(fields.segments, 'file segments'),
  };
}

function roleOf(json: JsonValue): FileRole {
  const role = FILE_ROLES.find((known) => known === json);
  if (role === undefined) throw new CryptoError('format', `file role: expected ${FILE_ROLES.join(', ')}`);
  return role;
}

/** An extent names its object by its place in the list of objects. */
function extentFrom(json: JsonValue, objects: readonly ManifestObject[]): Extent {
  const numbers = listOf(json, 'extent').map((number) => integerOf(number, 'extent'));
  const [index, offset, length] = numbers;
  if (index === undefined || offset === undefined || length === undefined || numbers.length !== 3) {
    throw new CryptoError('format', 'extent: expected an object, an offset and a length');
  }
  const object = objects[index];
  if (object === undefined) throw new CryptoError('format', 'extent: expected one of the objects');
  return { object: object.id, offset, length };
}
