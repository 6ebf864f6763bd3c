import { hmac } from '@noble/hashes/hmac.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { CryptoError } from '../errors.ts';
import { type Engine, scryptMemory } from './engine.ts';

/**
 * What the engines without Node have in common. WebCrypto has no scrypt and cannot hash in pieces, and its
 * HMAC would make every derivation wait for a promise.
 */
export const nobleHashes: Pick<Engine, 'randomBytes' | 'sha256Hasher' | 'hmacSha512' | 'scrypt'> = {
  randomBytes: (size) => globalThis.crypto.getRandomValues(new Uint8Array(size)),
  sha256Hasher: () => {
    const hasher = sha256.create();
    return {
      update: (bytes) => {
        hasher.update(bytes);
      },
      digest: () => hasher.digest(),
    };
  },
  hmacSha512: (key, message) => hmac(sha512, key, message),
  scrypt: async (passphrase, salt, cost) => {
    const { r, p, size: dkLen } = cost;
    try {
      return await scryptAsync(passphrase, salt, {
        N: 2 ** cost.logN,
        r,
        p,
        dkLen,
        maxmem: scryptMemory(cost),
      });
    } catch (cause) {
      throw new CryptoError('failed', 'scrypt: the platform could not derive a key', { cause });
    }
  },
};
