import { gcm } from '@noble/ciphers/webcrypto.js';
import { wipe } from '../bytes/secret-bytes.ts';
import type { Cipher, Engine } from './engine.ts';
import { nobleHashes } from './noble-hashes.ts';

/** The platform's WebCrypto, in browsers and elsewhere: near native speed, and every segment waits for a promise. */
export const webCryptoEngine: Engine = { ...nobleHashes, name: 'webcrypto', sha256, cipher };

function cipher(key: Uint8Array): Cipher {
  const secret = new Uint8Array(key);
  return {
    async seal(nonce, plaintext, target) {
      target.set(await gcm(secret, nonce).encrypt(plaintext));
    },
    async open(nonce, sealed, target) {
      const plaintext = await opened(secret, nonce, sealed);
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

async function opened(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | null> {
  try {
    return await gcm(key, nonce).decrypt(sealed);
  } catch (error) {
    // The name WebCrypto gives to a tag that does not hold.
    if (error instanceof Error && error.name === 'OperationError') return null;
    throw error;
  }
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}
