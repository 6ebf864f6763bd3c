const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base 32 (RFC 4648 section 6) of a multiple of 5 bytes, which needs no padding and leaves no spare bits. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; ) {
      bits -= 5;
      text += ALPHABET[(pending >> bits) & 0x1f];
    }
  }
  return text;
}

/** The bytes of a multiple of 8 letters; the caller has checked that they are of the alphabet. */
export function decodeBase32(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 5) / 8);
  let pending = 0;
  let bits = 0;
  let end = 0;
  for (const letter of text) {
    pending = ((pending << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[end++] = pending >> bits;
    }
  }
  return bytes;
}
