import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/cairn.js', import.meta.url));

export interface CairnOptions {
  readonly cwd: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What a program that is started finds at 3 and after. */
  readonly descriptors?: readonly number[];
}

export interface CairnResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program as a user would, to its end. */
export function cairn(words: readonly string[], options: CairnOptions): CairnResult {
  const run = spawnSync(process.execPath, [PROGRAM, ...words], {
    cwd: options.cwd,
    env: environment(options),
    input: options.input ?? '',
    maxBuffer: 1 << 28,
  });
  if (run.error) throw run.error;
  return { code: run.status, out: run.stdout.toString('latin1'), err: run.stderr.toString() };
}

/** Starts it, for tests that talk to it or stop it. */
export function startCairn(words: readonly string[], options: CairnOptions): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...words], {
    cwd: options.cwd,
    env: environment(options),
    stdio: ['pipe', 'pipe', 'pipe', ...(options.descriptors ?? [])],
  });
}

/** The words of a shell command that runs it. */
export function shellCommand(words: string): string {
  return `'${process.execPath}' '${PROGRAM}' ${words}`;
}

/** Starts a shell command in the same environment. */
export function startShell(command: readonly [string, ...string[]], options: CairnOptions): ChildProcess {
  const [program, ...words] = command;
  return spawn(program, words, { cwd: options.cwd, env: environment(options) });
}

/** A user with a Git identity and without any other setting. */
function environment({ cwd, variables }: CairnOptions): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    SystemRoot: process.env.SystemRoot,
    HOME: cwd,
    USERPROFILE: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ann Lee',
    GIT_AUTHOR_EMAIL: 'ann@example.invalid',
    ...variables,
  };
}
