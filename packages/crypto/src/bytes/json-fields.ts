import { CryptoError } from '../errors.ts';
import { decodeBase64url } from './base64url.ts';
import type { JsonValue } from './canonical-json.ts';

type JsonFields = Readonly<Record<string, JsonValue>>;

/** An object that has exactly these keys. Every reader here throws `format` and names what it read. */
export function fieldsOf<K extends string>(
  value: JsonValue,
  what: string,
  keys: readonly K[],
): Record<K, JsonValue> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw expected(what, 'an object');
  const fields = value as JsonFields;
  const unknown = Object.keys(fields).find((key) => !(keys as readonly string[]).includes(key));
  if (unknown !== undefined) throw new CryptoError('format', `${what}: unknown field`);
  const missing = keys.find((key) => !Object.hasOwn(fields, key));
  if (missing !== undefined) throw new CryptoError('format', `${what}: no field ${missing}`);
  return fields as Record<K, JsonValue>;
}

/** One field, looked at before it is known which others there should be; `undefined` when it is not there. */
export function fieldOf(value: JsonValue, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonFields)[key];
}

export function listOf(value: JsonValue, what: string): readonly JsonValue[] {
  if (!Array.isArray(value)) throw expected(what, 'a list');
  return value;
}

export function stringOf(value: JsonValue, what: string): string {
  if (typeof value !== 'string') throw expected(what, 'a string');
  return value;
}

export function stringOrNullOf(value: JsonValue, what: string): string | null {
  return value === null ? null : stringOf(value, what);
}

export function integerOf(value: JsonValue, what: string): number {
  if (typeof value !== 'number') throw expected(what, 'an integer');
  return value;
}

export function booleanOf(value: JsonValue, what: string): boolean {
  if (typeof value !== 'boolean') throw expected(what, 'true or false');
  return value;
}

/** Unpadded base64url, of exactly `size` bytes where a size is given. */
export function bytesOf(value: JsonValue, what: string, size?: number): Uint8Array {
  const bytes = decodeBase64url(stringOf(value, what));
  if (bytes === null) throw expected(what, 'unpadded base64url');
  if (size !== undefined && bytes.length !== size) throw expected(what, `${size} bytes, got ${bytes.length}`);
  return bytes;
}

function expected(what: string, wanted: string): CryptoError {
  return new CryptoError('format', `${what}: expected ${wanted}`);
}
