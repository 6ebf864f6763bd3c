/** Something that went wrong, as it is shown. */
export interface Failure {
  /** A code of the library; `bug` for an error that nobody expected. */
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Describes anything that was thrown. Errors of the library are known by their shape. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof Error && error.name === 'CairnError' && 'code' in error) {
    const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : null;
    return { code: String(error.code), message: error.message, hint };
  }
  const system = systemFailure(error);
  if (system) return system;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'bug',
    message: `unexpected error, which is a bug in Cairn: ${message}`,
    hint: 'report what you did, and what this says',
  };
}

/** What went wrong and what to do about it, for a place that has room for one text. */
export function failureText(error: unknown): string {
  const { message, hint } = describeFailure(error);
  return hint === null ? message : `${message}; ${hint}`;
}

const SYSTEM_MESSAGES: Readonly<Record<string, string>> = {
  EACCES: 'may not be read or written',
  EPERM: 'may not be read or written',
  ENOENT: 'is not there',
  ENOTDIR: 'is not a folder',
  ENOSPC: 'has no room left on its disk',
};

/** What the system said about a file. */
function systemFailure(error: unknown): Failure | null {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return null;
  const code = String(error.code);
  const path = 'path' in error && typeof error.path === 'string' ? error.path : 'the file';
  const message = SYSTEM_MESSAGES[code] ? `${path} ${SYSTEM_MESSAGES[code]}` : error.message;
  return { code, message, hint: null };
}

export function isCancelled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'cancelled';
}
