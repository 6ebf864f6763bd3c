import { sha256 } from '@noble/hashes/sha2.js';
import { joinBytes } from '../bytes/join.ts';
import { equalBytes, wipe } from '../bytes/secret-bytes.ts';
import { utf8Bytes } from '../bytes/text.ts';
import type { Engine } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { LABELS } from '../labels.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';

/** Bytes of a key. */
export const KEY_SIZE = 32;

/** 8 bytes, so that key and checksum together are 40 bytes: 64 letters, and no bits left over. */
const CHECKSUM_SIZE = 8;

const PREFIX = 'CAIRN-SECRET-KEY-1-';

/** What a secret scanner looks for. */
export const KEY_FILE_PATTERN = /CAIRN-SECRET-KEY-1-[A-Z2-7]{64}/;

const KEY_FILE_TEXT = /^CAIRN-SECRET-KEY-1-([A-Z2-7]{64})(?:\r?\n)?$/;

/** A new random key. */
export function generateKey(engine: Engine): Uint8Array {
  return engine.randomBytes(KEY_SIZE);
}

/** A key file: one line that says what it is and carries a checksum. */
export function encodeKeyFile(key: Uint8Array): string {
  checkKey(key);
  return `${PREFIX}${encodeBase32(joinBytes(key, checksum(key)))}\n`;
}

/** Reads what {@link encodeKeyFile} wrote, with or without its line break. Throws `format`; never with the text. */
export function parseKeyFile(text: string): Uint8Array {
  const letters = KEY_FILE_TEXT.exec(text)?.[1];
  if (letters === undefined) {
    throw new CryptoError('format', `key file: expected one line of ${PREFIX} and 64 letters`);
  }
  const bytes = decodeBase32(letters);
  const key = bytes.slice(0, KEY_SIZE);
  const holds = equalBytes(bytes.subarray(KEY_SIZE), checksum(key));
  wipe(bytes);
  if (holds) return key;
  wipe(key);
  throw new CryptoError('format', 'key file: the checksum does not hold', {
    hint: 'a letter was changed or left out; copy the line again',
  });
}

/** Throws `invalid` unless this is a key of 32 bytes. */
export function checkKey(key: Uint8Array): void {
  if (key.length !== KEY_SIZE) {
    throw new CryptoError('invalid', `key: expected ${KEY_SIZE} bytes, got ${key.length}`);
  }
}

function checksum(key: Uint8Array): Uint8Array {
  const message = joinBytes(utf8Bytes(LABELS.keyFile), key);
  const digest = sha256(message);
  wipe(message);
  return digest.subarray(0, CHECKSUM_SIZE);
}
