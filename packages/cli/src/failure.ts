/** Exit codes, as `docs/cli.md` lists them. */
export const EXIT = { done: 0, failed: 1, usage: 2, notFound: 3, refused: 4, interrupted: 130 } as const;

const EXIT_BY_CODE: ReadonlyMap<string, number> = new Map([
  ['usage', EXIT.usage],
  ['invalid', EXIT.usage],
  ['not-found', EXIT.notFound],
  ['exists', EXIT.refused],
  ['damaged', EXIT.refused],
  ['hostile', EXIT.refused],
  ['locked', EXIT.refused],
  ['conflict', EXIT.refused],
  ['changed', EXIT.refused],
  ['unsupported', EXIT.refused],
  ['refused', EXIT.refused],
  ['wrong-key', EXIT.refused],
  ['cancelled', EXIT.interrupted],
  ['no-space', EXIT.failed],
  ['read-only', EXIT.failed],
  ['denied', EXIT.failed],
  ['network', EXIT.failed],
  ['failed', EXIT.failed],
]);

/** An error as it is shown: what went wrong, what to do about it, and how the process ends. */
export interface Failure {
  /** A code of the library or of the command line; `bug` for an error that nobody expected. */
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly exitCode: number;
}

/** The exit code that belongs to an error code; 1 for one that is not known. */
export function exitCodeFor(code: string): number {
  return EXIT_BY_CODE.get(code) ?? EXIT.failed;
}

/** Describes anything that was thrown. Errors of the library are known by their shape, so that it need not be loaded. */
export function describeFailure(error: unknown, interrupted: boolean): Failure {
  if (interrupted) {
    return { code: 'cancelled', message: 'interrupted', hint: null, exitCode: EXIT.interrupted };
  }
  if (isExpected(error)) {
    const { code, message, hint } = error;
    return { code, message, hint: hint ?? null, exitCode: exitCodeFor(code) };
  }
  return {
    code: 'bug',
    message: `unexpected error, which is a bug in Cairn: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'run it again with CAIRN_DEBUG=1 and report what it prints',
    exitCode: EXIT.failed,
  };
}

interface ExpectedError extends Error {
  readonly code: string;
  readonly hint?: string | undefined;
}

const EXPECTED_NAMES: ReadonlySet<string> = new Set(['CairnError', 'CommandError']);

function isExpected(error: unknown): error is ExpectedError {
  return (
    error instanceof Error &&
    EXPECTED_NAMES.has(error.name) &&
    'code' in error &&
    typeof error.code === 'string'
  );
}
