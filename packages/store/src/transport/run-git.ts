import { devNull } from 'node:os';
import { StoreError } from '../errors.ts';
import { gitFailure } from './git-failure.ts';
import { borrowing, gitVariables } from './git-variables.ts';
import { type ProgramResult, runProgram } from './run-program.ts';
import type { Staging } from './staging.ts';
import type { TransferOptions } from './transfer.ts';

export interface GitRun extends Pick<TransferOptions, 'url' | 'programs' | 'signal'> {
  readonly arguments: readonly string[];
  readonly input?: string;
  readonly onLine?: (line: string) => void;
  /** Settings for this run alone, over the user's. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Bytes of standard output; 16 MiB when not given. */
  readonly maxOutput?: number;
}

/** Enough for what a push says of 50,000 refs, 300 bytes each. */
const OUTPUT_MAX = 16 * 1024 * 1024;

/** Where Git runs: in a staging, or in a repository itself. */
export type GitPlace = Pick<Staging, 'gitDir'> & Partial<Pick<Staging, 'borrowed'>>;

/** Runs Git, and gives whatever became of it. */
export async function runGit({ gitDir, borrowed = null }: GitPlace, run: GitRun): Promise<ProgramResult> {
  const { git } = run.programs;
  if (git === null) throw new StoreError('unsupported', 'there is no Git to run');
  const settings = Object.entries({ ...SETTINGS, ...run.settings });
  return runProgram(run.programs, {
    program: git,
    arguments: [...settings.flatMap(([key, value]) => ['-c', `${key}=${value}`]), ...run.arguments],
    cwd: gitDir,
    variables: { ...gitVariables(run.programs, gitDir), ...(borrowed !== null && borrowing(borrowed)) },
    maxOutput: run.maxOutput ?? OUTPUT_MAX,
    signal: run.signal,
    ...(run.input !== undefined && { input: run.input }),
    ...(run.onLine && { onLine: run.onLine }),
  });
}

/** The same, and throws what went wrong. */
export async function runGitWell(place: GitPlace, run: GitRun): Promise<ProgramResult> {
  const result = await runGit(place, run);
  if (result.code !== 0) throw gitFailure(result, run);
  return result;
}

/**
 * What must hold whatever the user has set: on the command line, where nothing stands above it.
 *
 * - No hooks run, and no address leads to a program of its own (`ext::`).
 * - All that arrives is checked, and stays packed.
 * - Nothing is collected, and no other repository is asked what it has: the staging has all refs already.
 * - No search for deltas and no compression of parts; objects of commits that the remote has are left out wherever
 *   they stand in the tree, which `useSparse` would look for under the same path only.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  'core.hooksPath': devNull,
  'protocol.ext.allow': 'never',
  'protocol.version': '2',
  'transfer.fsckObjects': 'true',
  'fetch.fsckObjects': 'true',
  'fetch.unpackLimit': '1',
  'fetch.recurseSubmodules': 'false',
  'fetch.writeCommitGraph': 'false',
  'fetch.prune': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'core.alternateRefsCommand': 'echo >/dev/null',
  'core.bigFileThreshold': '256k',
  'pack.window': '0',
  'pack.packSizeLimit': '0',
  'pack.useSparse': 'false',
  'pack.writeReverseIndex': 'false',
  'color.ui': 'false',
  'advice.pushUpdateRejected': 'false',
};
