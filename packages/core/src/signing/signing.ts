/** Signs what goes into a repository, with the user's own key, as Git does. */
export interface Signer {
  /** The signature of some bytes: armoured text that ends in one line break. */
  sign(payload: Buffer): Promise<string>;
}

export interface SignOptions {
  /** Whether to sign; what the registry says when left out. */
  readonly sign?: boolean;
}
