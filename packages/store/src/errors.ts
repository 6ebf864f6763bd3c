/**
 * Every way in which the store can fail, as a closed list.
 *
 * - `not-found`: the ref, object or file asked for is not there
 * - `exists`: what was to be created is there already
 * - `damaged`: bytes on disk are not what their checksum, format or table says
 * - `hostile`: well-formed, but would reach outside its bounds or limits
 * - `unsupported`: a format or version this program does not know
 * - `invalid`: an argument outside its grammar
 * - `conflict`: a ref moved between reading and writing
 * - `locked`: another process holds the lock, and did not let go in time
 * - `changed`: a source file changed while it was read
 * - `no-space`, `read-only`, `denied`: what the disk said
 * - `network`: a remote could not be reached or used; `data.reason` is `unreachable`, `cut` for a connection that
 *   broke, `unauthorised`, or `missing` where there is no such repository
 * - `cancelled`: the caller's signal fired
 * - `failed`: anything else the platform reported, with its error as `cause`
 */
export type StoreErrorCode =
  | 'not-found'
  | 'exists'
  | 'damaged'
  | 'hostile'
  | 'unsupported'
  | 'invalid'
  | 'conflict'
  | 'locked'
  | 'changed'
  | 'no-space'
  | 'read-only'
  | 'denied'
  | 'network'
  | 'cancelled'
  | 'failed';

export interface StoreErrorDetails {
  /** The next step for whoever reads the message. */
  readonly hint?: string;
  /** What the message names, for programs. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class of the store. Messages are lower-case, name the thing, and say expected and got. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: StoreErrorCode, message: string, details: StoreErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.data = details.data ?? {};
  }
}

const DISK_CODES: Readonly<Record<string, StoreErrorCode>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  EEXIST: 'exists',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EROFS: 'read-only',
  EACCES: 'denied',
  EPERM: 'denied',
};

/** The platform's code of a file-system error, such as `ENOENT`; `undefined` for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Translates what the platform threw into a {@link StoreError}; what is one already passes unchanged. */
export function translated(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new StoreError('cancelled', `${doing}: cancelled`, { cause: error });
  }
  const system = systemCode(error);
  if (system === 'EFBIG') return tooLarge(error, doing);
  const code = (system && DISK_CODES[system]) || 'failed';
  return new StoreError(code, `${doing}: ${REASONS[code] ?? reasonOf(error)}`, { cause: error });
}

function tooLarge(error: unknown, doing: string): StoreError {
  return new StoreError('failed', `${doing}: the file is larger than that disk or this process may write`, {
    hint: 'use another disk, such as one that is not FAT32, or raise the limit that `ulimit -f` shows',
    cause: error,
  });
}

const REASONS: Partial<Record<StoreErrorCode, string>> = {
  'not-found': 'no such file or folder',
  'no-space': 'the disk is full',
  'read-only': 'the disk is read-only',
  denied: 'permission denied',
};

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
