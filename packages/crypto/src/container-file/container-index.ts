import { encodeCanonicalJson, type JsonValue, parseCanonicalJson } from '../bytes/canonical-json.ts';
import { joinBytes, uint32Bytes } from '../bytes/join.ts';
import { fieldOf, fieldsOf, integerOf, listOf, stringOf } from '../bytes/json-fields.ts';
import { equalBytes } from '../bytes/secret-bytes.ts';
import { utf8Bytes } from '../bytes/text.ts';
import { ENVELOPE_SIZE_MAX } from '../envelope/envelope-json.ts';
import { CryptoError } from '../errors.ts';
import { checkName, checkObjectId } from '../manifest/names.ts';

/** The end of the line and of a DOS text file, as in PNG, so that a transfer as text is noticed at once. */
export const MAGIC = utf8Bytes('cairn-seal/1\r\n\x1a\n');
/** Magic, and the size of the index. */
export const PREFIX_SIZE = MAGIC.length + 4;
/** 2^16 objects of at most 100 characters. */
export const INDEX_SIZE_MAX = 8 * 1024 * 1024;

export const INDEX_FORMAT = 'cairn-file/1';

/** What a `.cairn` file consists of. Anybody can write it: it says where to look, and proves nothing. */
export interface ContainerIndex {
  readonly model: string;
  readonly version: string;
  readonly envelopeSize: number;
  readonly manifestSize: number;
  /** Sorted by id. */
  readonly objects: readonly IndexedObject[];
}

export interface IndexedObject {
  readonly id: string;
  readonly size: number;
}

/** The bytes before the envelope: magic, size of the index, index. */
export function encodeIndex(index: ContainerIndex): Uint8Array {
  checkIndex(index);
  const json = encodeCanonicalJson({
    envelope: index.envelopeSize,
    fmt: INDEX_FORMAT,
    manifest: index.manifestSize,
    model: index.model,
    objects: index.objects.map(({ id, size }) => [id, size]),
    version: index.version,
  });
  checkIndexSize(json.length);
  return joinBytes(MAGIC, uint32Bytes(json.length), json);
}

/** The size of the index, from the first 20 bytes of a file. Throws `format` or `limits`. */
export function parsePrefix(prefix: Uint8Array): number {
  if (!equalBytes(prefix.subarray(0, MAGIC.length), MAGIC)) {
    throw new CryptoError('format', 'container file: does not begin as one');
  }
  const size = new DataView(prefix.buffer, prefix.byteOffset).getUint32(MAGIC.length);
  checkIndexSize(size);
  return size;
}

/** Reads an index. Throws `format` or `unsupported`. */
export function parseIndex(json: Uint8Array): ContainerIndex {
  const value = parseCanonicalJson(json, 'container file index');
  if (fieldOf(value, 'fmt') !== INDEX_FORMAT) {
    throw new CryptoError('unsupported', `container file: expected fmt ${INDEX_FORMAT}`);
  }
  const keys = ['envelope', 'fmt', 'manifest', 'model', 'objects', 'version'] as const;
  const fields = fieldsOf(value, 'container file index', keys);
  const index = {
    model: stringOf(fields.model, 'model'),
    version: stringOf(fields.version, 'version'),
    envelopeSize: integerOf(fields.envelope, 'envelope size'),
    manifestSize: integerOf(fields.manifest, 'manifest size'),
    objects: listOf(fields.objects, 'objects').map(objectFrom),
  };
  checkIndex(index);
  return index;
}

function checkIndexSize(size: number): void {
  if (size > INDEX_SIZE_MAX) {
    throw new CryptoError('limits', `container file: expected an index of at most ${INDEX_SIZE_MAX} bytes`);
  }
}

function objectFrom(json: JsonValue): IndexedObject {
  const [id, size, ...rest] = listOf(json, 'object');
  if (id === undefined || size === undefined || rest.length > 0) {
    throw new CryptoError('format', 'container file object: expected an id and a size');
  }
  return { id: stringOf(id, 'object id'), size: integerOf(size, 'object size') };
}

function checkIndex({ model, version, envelopeSize, objects }: ContainerIndex): void {
  checkName(model, 'model');
  checkName(version, 'version');
  if (envelopeSize > ENVELOPE_SIZE_MAX) {
    throw new CryptoError(
      'limits',
      `container file: expected an envelope of at most ${ENVELOPE_SIZE_MAX} bytes`,
    );
  }
  for (const [i, { id }] of objects.entries()) {
    checkObjectId(id);
    if (i > 0 && objects[i - 1]!.id >= id) {
      throw new CryptoError('format', 'container file objects: expected sorted and different');
    }
  }
}
