import { utf8Bytes, utf8Text } from './text.ts';

const ALPHABET = utf8Bytes('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const INVALID = 0xff;
const VALUES = valuesOf(ALPHABET);

/** Unpadded base64url (RFC 4648 section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let pending = 0;
  let bits = 0;
  let end = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; ) {
      bits -= 6;
      text[end++] = ALPHABET[(pending >> bits) & 0x3f]!;
    }
  }
  if (bits > 0) text[end] = ALPHABET[(pending << (6 - bits)) & 0x3f]!;
  return utf8Text(text)!;
}

/** The bytes of unpadded base64url; `null` unless it is the one text that {@link encodeBase64url} gives. */
export function decodeBase64url(text: string): Uint8Array | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let pending = 0;
  let bits = 0;
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? INVALID;
    if (value === INVALID) return null;
    pending = ((pending << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[end++] = pending >> bits;
    }
  }
  const spareBits = pending & ((1 << bits) - 1);
  return spareBits === 0 ? bytes : null;
}

function valuesOf(alphabet: Uint8Array): Uint8Array {
  const values = new Uint8Array(128).fill(INVALID);
  alphabet.forEach((code, value) => {
    values[code] = value;
  });
  return values;
}
