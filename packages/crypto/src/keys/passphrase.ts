import { isWellFormed, utf8Bytes } from '../bytes/text.ts';
import type { Engine } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';

/** Bytes of UTF-8. Far more than anybody types, and little to hash. */
export const PASSPHRASE_SIZE_MAX = 1024;

/** Digits and letters that are not taken for one another: no i, l, o or u (Crockford's base 32). */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const GROUPS = 5;
const GROUP_LENGTH = 5;
/** A letter of 32 is 5 bits: 5 * 5 * 5 = 125. */
const PROPOSAL_BITS = GROUPS * GROUP_LENGTH * 5;

export interface PassphraseProposal {
  readonly passphrase: string;
  /** log2 of the number of passphrases that could have come out. */
  readonly bits: number;
}

/** A random passphrase to write down: `4xk2m-…`, five groups of five, 125 bits. */
export function proposePassphrase(engine: Engine): PassphraseProposal {
  const random = engine.randomBytes(GROUPS * GROUP_LENGTH);
  // 256 is a multiple of 32, so that the remainder favours no letter.
  const letters = Array.from(random, (byte) => ALPHABET[byte % ALPHABET.length]!).join('');
  const groups = Array.from({ length: GROUPS }, (_, i) =>
    letters.slice(i * GROUP_LENGTH, (i + 1) * GROUP_LENGTH),
  );
  return { passphrase: groups.join('-'), bits: PROPOSAL_BITS };
}

/**
 * The bytes that are derived from: UTF-8 of the NFC form, as in RFC 8265's OpaqueString, so that the same
 * passphrase typed on two systems is the same. Nothing is trimmed. Throws `invalid`.
 */
export function passphraseBytes(passphrase: string): Uint8Array {
  if (passphrase === '') throw new CryptoError('invalid', 'passphrase: expected at least one character');
  if (!isWellFormed(passphrase)) throw new CryptoError('invalid', 'passphrase: not valid Unicode');
  const bytes = utf8Bytes(passphrase.normalize('NFC'));
  if (bytes.length > PASSPHRASE_SIZE_MAX) {
    throw new CryptoError(
      'invalid',
      `passphrase: expected at most ${PASSPHRASE_SIZE_MAX} bytes, got ${bytes.length}`,
    );
  }
  return bytes;
}
