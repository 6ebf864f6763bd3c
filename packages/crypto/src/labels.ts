/** The name of the format, and the first word of every label, so that no derivation meets one of another use. */
export const FORMAT = 'cairn-seal/1';

/** What each derivation is for. */
export const LABELS = {
  commitment: `${FORMAT} commitment`,
  mac: `${FORMAT} mac`,
  stream: `${FORMAT} stream`,
  keySlot: `${FORMAT} key slot`,
  passphraseSlot: `${FORMAT} passphrase slot`,
  scrypt: `${FORMAT} scrypt`,
  segments: `${FORMAT} segments`,
  keyFile: `${FORMAT} key file`,
  keyFingerprint: `${FORMAT} key fingerprint`,
  namedKey: `${FORMAT} named key`,
} as const;
