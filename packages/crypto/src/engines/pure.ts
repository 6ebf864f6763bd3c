import { gcm } from '@noble/ciphers/aes.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { wipe } from '../bytes/secret-bytes.ts';
import type { SyncCipher, SyncEngine } from './engine.ts';
import { nobleHashes } from './noble-hashes.ts';

/** JavaScript alone: the fallback where there is no platform crypto, and a second opinion in tests. */
export const pureEngine: SyncEngine = { ...nobleHashes, name: 'pure', sha256, cipher };

function cipher(key: Uint8Array): SyncCipher {
  const secret = new Uint8Array(key);
  return {
    seal(nonce, plaintext, target) {
      target.set(gcm(secret, nonce).encrypt(plaintext));
    },
    open(nonce, sealed, target) {
      const plaintext = opened(secret, nonce, sealed);
      if (plaintext === null) {
        wipe(target);
        return false;
      }
      target.set(plaintext);
      wipe(plaintext);
      return true;
    },
    close: () => wipe(secret),
  };
}

function opened(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  try {
    return gcm(key, nonce).decrypt(sealed);
  } catch (error) {
    if (error instanceof Error && error.message === 'aes-gcm: invalid tag') return null;
    throw error;
  }
}
