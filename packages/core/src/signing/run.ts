import { type ProgramResult, type Programs, type RunOptions, runProgram, StoreError } from '@cairn/store';
import type { Environment } from '../environment.ts';
import { CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import type { SigningSettings } from './settings.ts';

/** What signatures are made and checked with. */
export interface SigningTools {
  readonly programs: Programs;
  readonly settings: SigningSettings;
  readonly environment: Environment;
  /** The registry's own folder. */
  readonly folder: string;
}

/** Bytes of output at most: a signature has some KiB, and so has a list of keys. */
const OUTPUT_MAX = 1024 * 1024;

/** `null` where the library was given nothing to run programs with. */
export function signingTools({ environment, path }: Registry): SigningTools | null {
  const { programs, signing: settings } = environment;
  return programs && settings ? { programs, settings, environment, folder: path } : null;
}

/**
 * Runs one of the programs that sign and check. Not in the registry: Windows looks for programs in the working folder
 * first, and a pull writes files there. Throws `unsupported` where it is not installed.
 */
export async function runTool(
  { programs }: SigningTools,
  options: Omit<RunOptions, 'maxOutput' | 'cwd'>,
): Promise<ProgramResult> {
  try {
    // Their messages are looked at for what they say, in the language of their authors.
    const variables = { LC_ALL: 'C', ...options.variables };
    return await runProgram(programs, { ...options, variables, maxOutput: OUTPUT_MAX });
  } catch (cause) {
    if (!(cause instanceof StoreError && cause.code === 'not-found')) throw cause;
    throw new CairnError('unsupported', `there is no program ${options.program}, which signatures need`, {
      hint: 'install it (OpenSSH or GnuPG), or set gpg.ssh.program or gpg.program in your Git configuration',
      cause,
    });
  }
}

/** The first line that a program complained with. */
export function complaint({ stderr, code }: ProgramResult): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const told = lines.filter((line) => line !== '' && !NO_COMPLAINT.test(line));
  return told[0]?.slice(0, 300) ?? `it ended with ${code}`;
}

/** What they say also when all is well. */
const NO_COMPLAINT = /^(?:\[GNUPG:\]|Signing data on standard input)/;
