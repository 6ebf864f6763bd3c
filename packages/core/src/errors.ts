import { StoreError, type StoreErrorCode, systemCode, translated } from '@cairn/store';

/**
 * Every way in which the library can fail: the store's list and `refused`, for what could be done but must
 * not be without being told so, such as writing into a folder that is not empty.
 */
export type CairnErrorCode = StoreErrorCode | 'refused';

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
  if (error instanceof Error && error.name === 'AbortError')
    return new CairnError('cancelled', 'cancelled', { cause: error });
  if (systemCode(error)) return asCairnError(translated(error, pathOf(error) ?? 'the file system'));
  return new CairnError('failed', error instanceof Error ? error.message : String(error), { cause: error });
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
  const code = error.code === 'not-found' && !error.data.promised ? 'damaged' : error.code;
  return fromStore(error, { code, message: `${what}: ${error.message}` });
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
const HINTS: Partial<Record<StoreErrorCode, string>> = {
  'no-space': 'free some room on that disk, then try again',
  'read-only': 'use a copy on a disk that can be written to',
  denied: 'check who may read and write there',
  damaged: 'see what is damaged with `cairn verify`, and take it from another clone',
  unsupported: 'update Cairn, or ask who made this with what',
  hostile: 'do not trust where this repository came from',
};

/** The path that the platform's error is about. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}
