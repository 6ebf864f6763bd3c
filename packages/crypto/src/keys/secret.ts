/** What opens a slot: the 32 bytes of a key file, or a passphrase. */
export type Secret = KeySecret | PassphraseSecret;

export interface KeySecret {
  readonly kind: 'key';
  readonly key: Uint8Array;
}

export interface PassphraseSecret {
  readonly kind: 'passphrase';
  /** A string cannot be zeroed; it stays in memory until the platform collects it. */
  readonly passphrase: string;
}
