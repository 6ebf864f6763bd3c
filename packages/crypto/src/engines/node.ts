import {
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type DecipherGCM,
  hash,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from 'node:crypto';
import { promisify } from 'node:util';
import { wipe } from '../bytes/secret-bytes.ts';
import { CryptoError } from '../errors.ts';
import {
  type Hasher,
  type ScryptCost,
  type SyncCipher,
  type SyncEngine,
  scryptMemory,
  TAG_SIZE,
} from './engine.ts';

/** Without `authTagLength` Node would accept tags cut down to 4 bytes. */
const GCM = { authTagLength: TAG_SIZE } as const;

/** `update` allocates what it returns; slices of this size stay in the processor's cache until they are copied. */
const SLICE_SIZE = 1 << 16;

const scryptOnThread = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** Node's own crypto: native speed on one thread. */
export const nodeEngine: SyncEngine = {
  name: 'node',
  randomBytes: (size) => owned(randomBytes(size)),
  sha256: (bytes) => owned(hash('sha256', bytes, 'buffer')),
  sha256Hasher,
  hmacSha512: (key, message) => owned(createHmac('sha512', key).update(message).digest()),
  scrypt: derive,
  cipher,
};

function cipher(key: Uint8Array): SyncCipher {
  // A KeyObject, because newer versions of Node prepare raw bytes anew for every segment.
  const secret = createSecretKey(key);
  return {
    seal(nonce, plaintext, target) {
      const gcm = createCipheriv('aes-256-gcm', secret, nonce, GCM);
      transform(gcm, plaintext, target);
      gcm.final();
      target.set(gcm.getAuthTag(), plaintext.length);
    },
    open(nonce, sealed, target) {
      const tagOffset = sealed.length - TAG_SIZE;
      const gcm = createDecipheriv('aes-256-gcm', secret, nonce, GCM);
      gcm.setAuthTag(sealed.subarray(tagOffset));
      transform(gcm, sealed.subarray(0, tagOffset), target);
      return tagHolds(gcm) || zeroed(target);
    },
    close() {},
  };
}

function transform(gcm: CipherGCM | DecipherGCM, input: Uint8Array, target: Uint8Array): void {
  for (let offset = 0; offset < input.length; offset += SLICE_SIZE) {
    const output = gcm.update(input.subarray(offset, offset + SLICE_SIZE));
    // Not `set`, which V8 does word by word in shared memory.
    output.copy(target, offset);
    giveBack(output);
  }
}

/**
 * Frees the memory of a buffer that nobody else has, so that the next slice gets the same, still warm. Left to the
 * garbage collector, every slice costs fresh pages from the system, which takes longer than the cipher.
 */
function giveBack(buffer: Buffer): void {
  if (buffer.byteLength === buffer.buffer.byteLength) (buffer.buffer as ArrayBuffer).transfer(0);
}

function tagHolds(gcm: DecipherGCM): boolean {
  try {
    gcm.final();
    return true;
  } catch {
    return false;
  }
}

/** `update` has handed out plaintext by the time the tag is known to be wrong. */
function zeroed(target: Uint8Array): false {
  wipe(target);
  return false;
}

function sha256Hasher(): Hasher {
  const hasher = createHash('sha256');
  return {
    update: (bytes) => {
      hasher.update(bytes);
    },
    digest: () => owned(hasher.digest()),
  };
}

async function derive(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  const options = { N: 2 ** cost.logN, r: cost.r, p: cost.p, maxmem: scryptMemory(cost) };
  try {
    return owned(await scryptOnThread(passphrase, salt, cost.size, options));
  } catch (cause) {
    throw new CryptoError('failed', 'scrypt: the platform could not derive a key', { cause });
  }
}

/** A plain array of its own, so that every engine gives the same type and zeroing it zeroes nothing else. */
function owned(buffer: Buffer): Uint8Array {
  const bytes = new Uint8Array(buffer);
  wipe(buffer);
  return bytes;
}
