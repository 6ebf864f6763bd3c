import type { AllowedSigner, SignatureCheck, SigningRules } from '@cairn/core';
import { documented } from './shape.ts';

/** Who signed something, as `--json` prints it. */
export interface SignatureJson {
  readonly state: string;
  readonly signer: string | null;
  readonly key: string | null;
  readonly problem: string | null;
}

export const SIGNATURE_SHAPE = documented<SignatureJson>('Signature', {
  state: ['"good" \\| "unsigned" \\| "unknown" \\| "bad"', 'what became of checking it'],
  signer: ['string \\| null', 'who signed it; null unless it is good'],
  key: ['string \\| null', 'the fingerprint of the key, where it is known'],
  problem: ['string \\| null', 'what is wrong; null when it is good'],
});

export function signatureJson({ state, signer, key, problem }: SignatureCheck): SignatureJson {
  return { state, signer, key, problem };
}

/** What a registry says about signatures, as `--json` prints it. */
export interface SigningJson {
  readonly sign: boolean;
  readonly require: boolean;
  readonly signers: readonly SignerJson[];
}

export const SIGNING_SHAPE = documented<SigningJson>('Signing', {
  sign: ['boolean', 'whether everything that is written is signed'],
  require: ['boolean', 'whether what is not signed by an allowed signer is refused'],
  signers: ['Signer[]', 'whose SSH signatures count: principals, options, key'],
});

export interface SignerJson {
  readonly principals: string;
  readonly options: string;
  readonly key: string;
}

export const SIGNER_SHAPE = documented<SignerJson>('Signer', {
  principals: ['string', 'who it is: an address, or a pattern of addresses'],
  options: ['string', 'what limits it, such as `valid-before`; empty without any'],
  key: ['string', 'the public key: its kind, and the key in base64'],
});

export function signingJson({ sign, require }: SigningRules, signers: readonly AllowedSigner[]): SigningJson {
  return { sign, require, signers: signers.map(signerJson) };
}

export function signerJson({ principals, options, key }: AllowedSigner): SignerJson {
  return { principals, options, key };
}
