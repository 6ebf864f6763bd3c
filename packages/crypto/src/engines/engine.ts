/** Bytes of an AES-256 key. */
export const CIPHER_KEY_SIZE = 32;
/** Bytes of a nonce. Other lengths are hashed first, and not alike on every platform. */
export const NONCE_SIZE = 12;
/** Bytes of an authentication tag; shorter ones are never accepted. */
export const TAG_SIZE = 16;
/** Bytes of a SHA-256 digest. */
export const SHA256_SIZE = 32;

export type Awaitable<T> = T | Promise<T>;

/** The primitives a container is made of. Every engine gives the same bytes. */
export interface Engine {
  readonly name: 'node' | 'webcrypto' | 'pure';
  /** Bytes from the platform's cryptographic generator. */
  randomBytes(size: number): Uint8Array;
  sha256(bytes: Uint8Array): Awaitable<Uint8Array>;
  sha256Hasher(): Hasher;
  hmacSha512(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** scrypt (RFC 7914). The caller has bounded the cost. */
  scrypt(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array>;
  /** AES-256-GCM under one key, of which the cipher keeps a copy until it is closed. */
  cipher(key: Uint8Array): Cipher;
}

/** An engine that seals and hashes without waiting, for threads of their own. */
export interface SyncEngine extends Engine {
  sha256(bytes: Uint8Array): Uint8Array;
  cipher(key: Uint8Array): SyncCipher;
}

/** AES-256-GCM with 12-byte nonces, 16-byte tags and no additional data. */
export interface Cipher {
  /** Writes ciphertext and tag over `target`, which is 16 bytes longer than `plaintext`. */
  seal(nonce: Uint8Array, plaintext: Uint8Array, target: Uint8Array): Awaitable<void>;
  /**
   * Writes the plaintext over `target`, which is 16 bytes shorter than `sealed`.
   * `false` when the tag does not hold, and then `target` is all zeros.
   */
  open(nonce: Uint8Array, sealed: Uint8Array, target: Uint8Array): Awaitable<boolean>;
  /** Forgets the key, as far as the platform allows. */
  close(): void;
}

export interface SyncCipher extends Cipher {
  seal(nonce: Uint8Array, plaintext: Uint8Array, target: Uint8Array): void;
  open(nonce: Uint8Array, sealed: Uint8Array, target: Uint8Array): boolean;
}

/** SHA-256 of bytes that come in pieces. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

export interface ScryptCost {
  /** log2 of N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
  /** Bytes to derive. */
  readonly size: number;
}

/** What scrypt needs: N + 2 blocks to mix and p blocks of input, of 128 r bytes each. */
export function scryptMemory(cost: ScryptCost): number {
  return 128 * cost.r * (2 ** cost.logN + cost.p + 2);
}
