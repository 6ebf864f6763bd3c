/**
 * What became of checking a signature.
 *
 * - `good`: by a signer whom the registry allows, and over exactly these bytes
 * - `unsigned`: there is none
 * - `unknown`: by somebody whom the registry does not allow, whose key nobody here knows, or whose key does not count
 * - `bad`: not over these bytes, or not a signature at all
 */
export type SignatureState = 'good' | 'unsigned' | 'unknown' | 'bad';

export interface SignatureCheck {
  readonly state: SignatureState;
  /** Who signed, as the allowed signers or the keyring call them; `null` unless it is good. */
  readonly signer: string | null;
  /** The fingerprint of the key, where it is known. */
  readonly key: string | null;
  /** What is wrong, unless it is good. */
  readonly problem: string | null;
}

export const UNSIGNED: SignatureCheck = {
  state: 'unsigned',
  signer: null,
  key: null,
  problem: 'it is not signed',
};

/** A check that did not turn out well. */
export function notGood(
  state: 'unknown' | 'bad',
  problem: string,
  key: string | null = null,
): SignatureCheck {
  return { state, signer: null, key, problem };
}
