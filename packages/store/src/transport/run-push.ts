import { cleaned, gitFailure } from './git-failure.ts';
import type { ProgressMeter } from './progress-meter.ts';
import { accepted, type PushRejection, type PushResult, type RefUpdate, rejected } from './ref-update.ts';
import { runGit } from './run-git.ts';
import type { ProgramResult } from './run-program.ts';
import { type Staging, setPushList } from './staging.ts';
import { REMOTE } from './staging-config.ts';
import type { TransferOptions } from './transfer.ts';

export interface PushRun extends Omit<TransferOptions, 'onProgress'> {
  readonly updates: readonly RefUpdate[];
  readonly atomic?: boolean | undefined;
  readonly meter: ProgressMeter;
}

/**
 * Runs `git push` once, and gives what became of each ref. Throws what ended it before the remote had answered for
 * every ref.
 */
export async function runPush(
  staging: Staging,
  { updates, atomic, meter, ...options }: PushRun,
): Promise<PushResult[]> {
  setPushList(
    staging,
    updates.map(({ local, remote }) => `${local ?? ''}:${remote}`),
  );
  const result = await runGit(staging, {
    ...options,
    arguments: [
      ...['push', '--porcelain', '--progress', '--no-verify', '--no-signed', '--no-follow-tags'],
      '--recurse-submodules=no',
      ...(atomic ? ['--atomic'] : []),
      ...updates.flatMap(leaseFor),
      REMOTE,
    ],
    onLine: meter.line,
  });
  const answers = parseAnswers(result.stdout.toString());
  const isComplete = updates.every(({ remote }) => answers.has(remote));
  if (!isComplete || UNPACK_FAILED.test(result.stderr)) throw gitFailure(result, options);
  return updates.map((update) => resultOf(update, answers.get(update.remote)!, wordsOf(result, options.url)));
}

/** The remote could not take the objects, whatever the refs. */
const UNPACK_FAILED = /^error: remote unpack failed/m;

/**
 * Git compares the expected value with what the remote has, and the remote compares again when it writes. A new tag needs
 * none: Git never moves one that is there.
 */
export function needsLease({ remote, expect }: RefUpdate): boolean {
  return expect !== null || !remote.startsWith('refs/tags/');
}

function leaseFor(update: RefUpdate): string[] {
  return needsLease(update) ? [`--force-with-lease=${update.remote}:${update.expect ?? ''}`] : [];
}

/** What Git says of one ref, as in git-push(1), `--porcelain`. */
interface Answer {
  readonly flag: string;
  readonly summary: string;
}

function parseAnswers(text: string): Map<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const line of text.split('\n')) {
    const [, flag, name, summary] = /^([ +*=!-])\t[^\t:]*:([^\t]+)\t(.*)$/.exec(line) ?? [];
    if (flag !== undefined) answers.set(name!, { flag, summary: summary! });
  }
  return answers;
}

function resultOf(update: RefUpdate, { flag, summary }: Answer, words: string): PushResult {
  if (flag !== '!') return accepted(update, flag === '=');
  const reason = REASONS.find(([pattern]) => pattern.test(summary))?.[1] ?? 'failed';
  const detail = [summary.replace(/^\[[^\]]*\] ?/, '').replace(/^\((.*)\)$/, '$1'), words]
    .filter(Boolean)
    .join('\n');
  return rejected(update, reason === 'moved' && update.expect === null ? 'exists' : reason, detail);
}

const REASONS: readonly (readonly [RegExp, PushRejection])[] = [
  [/atomic (?:push|transaction) fail/i, 'not-tried'],
  [/\(already exists\)|reference already exists/i, 'exists'],
  [/stale info|incorrect old value|failed to (?:update ref|lock)|cannot lock ref|fetch first/i, 'moved'],
  [/non-fast-forward|needs force/i, 'not-fast-forward'],
  [/^\[remote rejected\]/, 'declined'],
];

/** Lines of a hook that are passed on. */
const HOOK_LINES_MAX = 8;

/** What hooks of the remote have printed. */
function wordsOf({ stderr }: ProgramResult, url: string): string {
  const lines = cleaned(stderr, url)
    .split('\n')
    .filter(
      (line) => line.startsWith('remote: ') && !/\d+% \(\d+\/\d+\)|^remote: error: hook declined/.test(line),
    )
    .map((line) => line.slice('remote: '.length).trim());
  return lines.filter(Boolean).slice(0, HOOK_LINES_MAX).join('\n');
}
