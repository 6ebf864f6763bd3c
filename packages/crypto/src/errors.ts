/**
 * Every way in which sealing or opening can fail, as a closed list.
 *
 * - `format`: the bytes are not in the one valid encoding
 * - `limits`: well-formed, but asks for more work or memory than this program spends
 * - `unsupported`: a format version or algorithm this program does not know
 * - `wrong-key`: the key or passphrase opens no slot
 * - `tampered`: a tag, commitment, MAC, pin or hash does not hold; never which byte
 * - `missing`: the package has no such file
 * - `changed`: a source changed while it was sealed
 * - `invalid`: an argument outside its grammar
 * - `failed`: anything else the platform reported, with its error as `cause`
 */
export type CryptoErrorCode =
  | 'format'
  | 'limits'
  | 'unsupported'
  | 'wrong-key'
  | 'tampered'
  | 'missing'
  | 'changed'
  | 'invalid'
  | 'failed';

export interface CryptoErrorDetails {
  /** The next step for whoever reads the message. */
  readonly hint?: string;
  /** What the message names, for programs; never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error class of this package. Messages are lower-case, name the thing, and say expected and got;
 * none of them holds a key, a passphrase or a piece of plaintext.
 */
export class CryptoError extends Error {
  override readonly name = 'CryptoError';
  readonly code: CryptoErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: CryptoErrorCode, message: string, details: CryptoErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}
