import type { Secret } from '@cairn/crypto';
import type { Keyring } from './keyring.ts';

/**
 * What a sealed version may be opened with. A secret that is named is the only one tried; else every key of the
 * keyring; else the passphrase that is asked for, when a slot takes one.
 */
export interface Unlock {
  readonly secret?: Secret;
  readonly keyring?: Keyring;
  /** Asked once, after the keyring; `null` when nobody gives one. */
  readonly askPassphrase?: () => Promise<string | null>;
}

/** How a new version is to be sealed. */
export type Encryption =
  /** With the model's own key, which is made on first use, as `<model>-<8 hexadecimal digits>`. */
  | { readonly kind: 'auto'; readonly keyring: Keyring }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key'; readonly key: Uint8Array };
