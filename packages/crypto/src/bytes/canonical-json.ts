import { CryptoError } from '../errors.ts';
import { isWellFormed, utf8Bytes, utf8Text } from './text.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Our deepest value is a number in an extent in a file of a manifest: 5 levels. More is not ours. */
const DEPTH_MAX = 8;

/**
 * The one encoding of a value: keys sorted by UTF-16 code units, no white space, the escapes of
 * `JSON.stringify`, numbers that are safe integers from 0 on. A subset of RFC 8785.
 */
export function encodeCanonicalJson(value: JsonValue): Uint8Array {
  return utf8Bytes(canonicalText(value, 'value', 0));
}

/**
 * Reads what {@link encodeCanonicalJson} wrote, and nothing else: duplicate or unsorted keys, white space,
 * other spellings of a number or a character and a byte order mark are all `format`.
 *
 * @param what names the bytes in errors
 */
export function parseCanonicalJson(bytes: Uint8Array, what: string): JsonValue {
  const text = utf8Text(bytes);
  if (text === null) throw new CryptoError('format', `${what}: not valid UTF-8`);
  const value = parsedJson(text, what);
  if (canonicalText(value, what, 0) !== text) throw new CryptoError('format', `${what}: not canonical JSON`);
  return value;
}

function parsedJson(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // The engine's message quotes the text, which may be a manifest's plaintext.
    throw new CryptoError('format', `${what}: not JSON`);
  }
}

function canonicalText(value: JsonValue, what: string, depth: number): string {
  if (depth > DEPTH_MAX) throw new CryptoError('format', `${what}: nested deeper than ${DEPTH_MAX} levels`);
  if (typeof value === 'string') return stringText(value, what);
  if (typeof value === 'number') return integerText(value, what);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map((item) => canonicalText(item, what, depth + 1)).join(',')}]`;
  const keys = Object.keys(value).sort();
  const fields = keys.map((key) => `${stringText(key, what)}:${canonicalText(value[key]!, what, depth + 1)}`);
  return `{${fields.join(',')}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function stringText(value: string, what: string): string {
  if (!isWellFormed(value)) throw new CryptoError('format', `${what}: half a surrogate pair in a string`);
  return JSON.stringify(value);
}

function integerText(value: number, what: string): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CryptoError('format', `${what}: expected integers from 0 to 2^53 - 1`);
  }
  return String(value);
}
