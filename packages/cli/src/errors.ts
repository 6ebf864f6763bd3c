/**
 * Every way in which the command line itself can fail; the library's errors have codes of their own.
 *
 * - `usage`: the command line is not one that Cairn knows
 * - `not-found`: a thing that was named is not there
 * - `refused`: it could be done, and is not, unless told
 * - `failed`: the system said no
 */
export type CommandErrorCode = 'usage' | 'not-found' | 'refused' | 'failed';

export interface CommandErrorDetails {
  /** The next step for whoever reads the message. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class of the command line. Messages are lower-case and name the thing. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;
  readonly hint: string | undefined;

  constructor(code: CommandErrorCode, message: string, details: CommandErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}

/** The reader of standard output went away, as `head` does when it has seen enough. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** A {@link CommandError} for a command line that cannot be understood. */
export function usageError(message: string, hint?: string | undefined): CommandError {
  return new CommandError('usage', message, hint === undefined ? {} : { hint });
}

/** The platform's code of a system error, such as `ENOENT`; `undefined` for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
