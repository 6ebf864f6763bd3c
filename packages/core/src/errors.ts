import type { CryptoError, CryptoErrorCode } from '@cairn/crypto';
import { StoreError, type StoreErrorCode, systemCode, translated } from '@cairn/store';

/**
 * Every way in which the library can fail: the store's list, and two more.
 *
 * - `refused`: what could be done but must not be without being told so, such as writing into a folder that is not
 *   empty
 * - `wrong-key`: the key or passphrase does not open what it was given for
 */
export type CairnErrorCode = StoreErrorCode | 'refused' | 'wrong-key';

export interface CairnErrorDetails {
  /** The next step for whoever reads the message. */
  readonly hint?: string;
  /** What the message names, for programs. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class of the library. Messages are lower-case, name the thing, and say expected and got. */
export class CairnError extends Error {
  override readonly name = 'CairnError';
  readonly code: CairnErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: CairnErrorCode, message: string, details: CairnErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}

/** What the store or the platform threw, as an error of this library; its own pass unchanged. */
export function asCairnError(error: unknown): CairnError {
  if (error instanceof CairnError) return error;
  if (error instanceof StoreError) return fromStore(error, error);
  if (isCryptoError(error)) return fromCrypto(error);
  if (error instanceof Error && error.name === 'AbortError')
    return new CairnError('cancelled', 'cancelled', { cause: error });
  if (isMistake(error)) {
    return new CairnError('failed', `unexpected, and a bug in Cairn or in what uses it: ${error.message}`, {
      hint: 'report it, with what CAIRN_DEBUG=1 makes the command print',
      cause: error,
    });
  }
  if (systemCode(error)) return asCairnError(translated(error, pathOf(error) ?? 'the file system'));
  return new CairnError('failed', error instanceof Error ? error.message : String(error), { cause: error });
}

/** Errors that no disk and no input may lead to. */
function isMistake(error: unknown): error is Error {
  return [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
}

/** Runs one operation of the library and translates what it throws: the border of the package. */
export async function atBorder<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw asCairnError(error);
  }
}

/** Reads one thing out of a repository, and names it in whatever goes wrong. */
export async function readingOf<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw asReadingError(what, error);
  }
}

/**
 * What the store threw while something was read, as an error that names it. That an object is missing is damage:
 * whatever names an object promises that it is there, except in a partial clone.
 */
export function asReadingError(what: string, error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  const message = `${what}: ${error.message}`;
  if (error.code !== 'not-found') return fromStore(error, { code: error.code, message });
  if (!error.data.promised) return fromStore(error, { code: 'damaged', message });
  const hint = 'bring what this lazy clone was made without with `cairn fetch-files`';
  return new CairnError('not-found', message, { hint, data: error.data, cause: error });
}

/**
 * Runs something that reads what is sealed, and names it in whatever goes wrong. Bytes that are authentic and yet not
 * what the format says were made by somebody who has the key: that is `hostile`, where `authenticated` says so.
 */
export async function openingOf<T>(
  what: string,
  operation: () => Promise<T>,
  { authenticated = false } = {},
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!isCryptoError(error)) throw asReadingError(what, error);
    const code = authenticated && error.code === 'format' ? 'hostile' : CRYPTO_CODES[error.code];
    throw fromCrypto(error, { code, message: `${what}: ${error.message}` });
  }
}

/** Known by its name: the class comes with all of the cryptography, which is loaded only by what seals and opens. */
function isCryptoError(error: unknown): error is CryptoError {
  return error instanceof Error && error.name === 'CryptoError';
}

const CRYPTO_CODES: Readonly<Record<CryptoErrorCode, CairnErrorCode>> = {
  format: 'damaged',
  limits: 'hostile',
  unsupported: 'unsupported',
  'wrong-key': 'wrong-key',
  tampered: 'damaged',
  missing: 'not-found',
  changed: 'changed',
  invalid: 'invalid',
  failed: 'failed',
};

function fromCrypto(
  error: CryptoError,
  { code, message }: Pick<CairnError, 'code' | 'message'> = {
    code: CRYPTO_CODES[error.code],
    message: error.message,
  },
): CairnError {
  const hint = error.hint ?? HINTS[code];
  return new CairnError(code, message, {
    data: error.data,
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

function fromStore(error: StoreError, { code, message }: Pick<StoreError, 'code' | 'message'>): CairnError {
  const hint = error.hint ?? HINTS[code];
  return new CairnError(code, message, {
    data: error.data,
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

/** The next step where whoever noticed does not know one. */
const HINTS: Partial<Record<CairnErrorCode, string>> = {
  'no-space': 'free some room on that disk, then try again',
  'read-only': 'use a copy on a disk that can be written to',
  denied: 'check who may read and write there',
  damaged: 'see what is damaged with `cairn verify`, and take it from another clone',
  unsupported: 'update Cairn, or ask who made this with what',
  hostile: 'do not trust where this repository came from',
  'wrong-key': 'give the key or the passphrase that it was sealed for',
};

/** The path that the platform's error is about. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}
