import { spawnSync } from 'node:child_process';
import { devNull } from 'node:os';

/** Git without the user's or the system's configuration, so that every machine gives the same answers. */
const GIT_ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
  LC_ALL: 'C',
};

const OUTPUT_MAX = 1 << 30;

/** Runs the real `git` in a folder and gives its standard output; throws with its standard error when it fails. */
export function git(folder: string, args: readonly string[], input?: string | Uint8Array): Buffer {
  const run = spawnSync('git', args, { cwd: folder, input, env: GIT_ENVIRONMENT, maxBuffer: OUTPUT_MAX });
  if (run.error) throw run.error;
  if (run.status !== 0) {
    throw new Error(`git ${args.join(' ')} ended with ${run.status}: ${run.stderr.toString()}`);
  }
  return run.stdout;
}

/** The same, as lines of text without the last line break. */
export function gitText(folder: string, ...args: string[]): string {
  return git(folder, args).toString().replace(/\n$/, '');
}

/** `git fsck --strict` on a repository; throws with what it found wrong. Dangling objects are no fault. */
export function fsckStrict(folder: string): void {
  git(folder, ['fsck', '--strict', '--full', '--no-dangling']);
}
