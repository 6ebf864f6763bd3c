import type { Secret } from '@cairn/crypto';
import type { TaskOptions } from '../progress.ts';
import type { SignOptions } from '../signing/signing.ts';
import type { NamedKey } from './keyring.ts';
import type { Encryption, Unlock } from './unlock.ts';

/** What opens one key domain of a model. */
export interface DomainAccess {
  /** The domain's id. */
  readonly cid: string;
  /** Whether new versions are sealed under it. */
  readonly current: boolean;
  /** How often its envelope was rewritten. */
  readonly revision: number;
  /** Versions that are sealed under it, newest first. */
  readonly versions: readonly string[];
  readonly slots: readonly AccessSlot[];
}

/** A key slot: one secret that opens the domain. */
export interface AccessSlot {
  /** From 1. */
  readonly slot: number;
  readonly kind: 'key' | 'passphrase';
  /** log2 of scrypt's N for a passphrase: a guess costs 2^(logN - 10) MiB; `null` for a key. */
  readonly logN: number | null;
  /** Names of the keys of the keyring that open it. */
  readonly keys: readonly string[];
}

interface ChangeOptions {
  /** What opens it now. */
  readonly unlock: Unlock;
  /** In every key domain of the model, also those of older versions; else in the current one alone. */
  readonly all?: boolean;
}

export interface GrantOptions extends ChangeOptions {
  /** What is to open it too. */
  readonly secret: Secret;
}

/** Which slot is to go: that of a secret, or the one with a number in the current key domain. */
export type RevokeOptions = ChangeOptions &
  (
    | { readonly secret: Secret; readonly slot?: undefined }
    | { readonly slot: number; readonly secret?: undefined }
  );

/** Key domains, by id. */
export interface AccessChange {
  readonly changed: readonly string[];
  /** Those that were so already. */
  readonly unchanged: readonly string[];
  /** Those that could not be opened, and stay as they are. */
  readonly notOpened: readonly string[];
}

/** A key domain that was made the model's. */
export interface Rotation {
  readonly cid: string;
  /** The key that was made for it, in the keyring given. */
  readonly newKey: NamedKey | null;
}

export interface ResealOptions extends TaskOptions, SignOptions {
  /** What the versions are opened with. */
  readonly unlock: Unlock;
  /** What opens the model's current key domain. */
  readonly encryption: Encryption;
}
