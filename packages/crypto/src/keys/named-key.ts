import { sha256 } from '@noble/hashes/sha2.js';
import { encodeHex } from '../bytes/hex.ts';
import { joinBytes } from '../bytes/join.ts';
import { wipe } from '../bytes/secret-bytes.ts';
import { utf8Bytes } from '../bytes/text.ts';
import type { Engine } from '../engines/engine.ts';
import { LABELS } from '../labels.ts';
import { checkKey, KEY_SIZE } from './key-file.ts';
import { passphraseBytes } from './passphrase.ts';

/** log2 of scrypt's N: 256 MiB of memory and about a second, as for a slot. */
const LOG_N = 18;

export interface KeyDerivation {
  /** What the key is called. It takes the place of a random salt, so that nothing else has to be kept. */
  readonly name: string;
  readonly passphrase: string;
}

/**
 * The key that a name and a passphrase stand for, the same on every machine. Two names give two keys for one
 * passphrase. Throws `invalid` for a passphrase that is empty, too long or not Unicode.
 */
export async function deriveNamedKey(
  engine: Engine,
  { name, passphrase }: KeyDerivation,
): Promise<Uint8Array> {
  const bytes = passphraseBytes(passphrase);
  try {
    const salt = utf8Bytes(`${LABELS.namedKey}\0${name}`);
    return await engine.scrypt(bytes, salt, { logN: LOG_N, r: 8, p: 1, size: KEY_SIZE });
  } finally {
    wipe(bytes);
  }
}

/** 8 bytes: enough to tell the keys of one person apart, and far too few to be another's by accident. */
const FINGERPRINT_SIZE = 8;

/** What a key can be recognised by, and safe to show: `3f9a-1c02-77de-0b41`. */
export function keyFingerprint(key: Uint8Array): string {
  checkKey(key);
  const message = joinBytes(utf8Bytes(LABELS.keyFingerprint), key);
  const digest = sha256(message);
  wipe(message);
  return encodeHex(digest.subarray(0, FINGERPRINT_SIZE)).replace(/(.{4})(?=.)/g, '$1-');
}
