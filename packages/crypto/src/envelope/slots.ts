import { joinBytes } from '../bytes/join.ts';
import { equalBytes, wipe } from '../bytes/secret-bytes.ts';
import { utf8Bytes } from '../bytes/text.ts';
import { CIPHER_KEY_SIZE, type Cipher, type Engine, NONCE_SIZE } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { DATA_KEY_SIZE } from '../keys/data-key.ts';
import { hkdf } from '../keys/hkdf.ts';
import { checkKey } from '../keys/key-file.ts';
import { passphraseBytes } from '../keys/passphrase.ts';
import type { Secret } from '../keys/secret.ts';
import { LABELS } from '../labels.ts';
import type { Slot, SlotHead } from './envelope.ts';
import { CHECK_SIZE, SLOT_SALT_SIZE, WRAPPED_SIZE } from './envelope-json.ts';

/** What a slot is made in: the platform, and the domain it belongs to. */
export interface SlotScope {
  readonly engine: Engine;
  readonly cid: Uint8Array;
}

type SaltedHead = SlotHead & { readonly salt: Uint8Array };

/** The wrapping key is derived from a salt of its own and used once, so that a fixed nonce never repeats under it. */
const WRAP_NONCE = new Uint8Array(NONCE_SIZE);

/** The slot that a secret gets. */
export function slotHead(secret: Secret, logN: number): SlotHead {
  return secret.kind === 'key' ? { kind: 'key' } : { kind: 'passphrase', logN };
}

/** Wraps a data key for a secret, under a fresh salt. The caller has checked the work budget. */
export async function wrapSlot(
  { engine, cid }: SlotScope,
  dataKey: Uint8Array,
  secret: Secret,
  logN: number,
): Promise<Slot> {
  const head = slotHead(secret, logN);
  const salt = engine.randomBytes(SLOT_SALT_SIZE);
  const { wrappingKey, check } = await slotKeys({ engine, cid }, { ...head, salt }, secret);
  const wrapped = new Uint8Array(WRAPPED_SIZE);
  await withCipher(engine, wrappingKey, (cipher) => cipher.seal(WRAP_NONCE, dataKey, wrapped));
  return { ...head, salt, check, wrapped };
}

/**
 * The data key in a slot; `null` when the slot is for another secret. The check value is compared before
 * anything is unwrapped, because AES-GCM alone would open one slot with two keys made to fit.
 */
export async function unwrapSlot(scope: SlotScope, slot: Slot, secret: Secret): Promise<Uint8Array | null> {
  if (slot.kind !== secret.kind) return null;
  const { wrappingKey, check } = await slotKeys(scope, slot, secret);
  if (!equalBytes(check, slot.check)) {
    wipe(wrappingKey);
    return null;
  }
  const dataKey = new Uint8Array(DATA_KEY_SIZE);
  const holds = await withCipher(scope.engine, wrappingKey, (cipher) =>
    cipher.open(WRAP_NONCE, slot.wrapped, dataKey),
  );
  if (!holds) throw new CryptoError('tampered', 'envelope: a slot was damaged or altered');
  return dataKey;
}

/** wrapping key || check value = HKDF(secret, slot salt, label || 0 || cid) */
async function slotKeys(
  { engine, cid }: SlotScope,
  slot: SaltedHead,
  secret: Secret,
): Promise<{ readonly wrappingKey: Uint8Array; readonly check: Uint8Array }> {
  const label = slot.kind === 'key' ? LABELS.keySlot : LABELS.passphraseSlot;
  const key = await secretBytes(engine, slot, secret);
  const info = joinBytes(utf8Bytes(`${label}\0`), cid);
  const derived = hkdf(engine, { key, salt: slot.salt, info, size: CIPHER_KEY_SIZE + CHECK_SIZE });
  const keys = { wrappingKey: derived.slice(0, CIPHER_KEY_SIZE), check: derived.slice(CIPHER_KEY_SIZE) };
  wipe(key, derived);
  return keys;
}

/** The key of a key file as it is; a passphrase through scrypt. Memory of its own, to be zeroed. */
async function secretBytes(engine: Engine, slot: SaltedHead, secret: Secret): Promise<Uint8Array> {
  if (secret.kind === 'key') {
    checkKey(secret.key);
    return new Uint8Array(secret.key);
  }
  if (slot.kind !== 'passphrase') throw new CryptoError('invalid', 'envelope: a passphrase for a key slot');
  const passphrase = passphraseBytes(secret.passphrase);
  try {
    const salt = joinBytes(utf8Bytes(LABELS.scrypt), slot.salt);
    return await engine.scrypt(passphrase, salt, { logN: slot.logN, r: 8, p: 1, size: 32 });
  } finally {
    wipe(passphrase);
  }
}

/** Uses a key for one operation, and zeroes it. */
async function withCipher<T>(
  engine: Engine,
  key: Uint8Array,
  use: (cipher: Cipher) => T,
): Promise<Awaited<T>> {
  const cipher = engine.cipher(key);
  wipe(key);
  try {
    return await use(cipher);
  } finally {
    cipher.close();
  }
}
