import type { ProgramResult } from '@cairn/store';
import { ALLOWED_SIGNERS_FILE, allowedSignersPath, hasAllowedSigners } from './allowed-signers.ts';
import { homePath } from './home-path.ts';
import { complaint, runTool, type SigningTools } from './run.ts';
import { SSH_NAMESPACE } from './ssh-sign.ts';
import { withTemporaryFile } from './temporary-file.ts';
import { notGood, type SignatureCheck } from './verdict.ts';

/** What is checked, and when it says it was signed. */
export interface Signed {
  readonly payload: Buffer;
  readonly signature: string;
  readonly at: Date;
}

/** Checks an SSH signature against the registry's allowed signers, as Git does (`verify_ssh_signed_buffer`). */
export async function checkSshSignature(tools: SigningTools, signed: Signed): Promise<SignatureCheck> {
  return withTemporaryFile(signed.signature, async (file) => {
    const keygen = (words: readonly string[]) => runKeygen(tools, signed.payload, [...words, '-s', file]);
    const time = `-Overify-time=${verifyTime(tools, signed.at)}`;
    const principals = (await hasAllowedSigners(tools.folder)) ? await principalsOf(tools, keygen, time) : [];
    for (const principal of principals) {
      const allowed = ['-f', allowedSignersPath(tools.folder), '-I', principal];
      const run = await keygen(['-Y', 'verify', '-n', SSH_NAMESPACE, ...allowed, time]);
      if (run.code === 0) return { state: 'good', signer: principal, key: keyIn(run), problem: null };
    }
    const run = await keygen(['-Y', 'check-novalidate', '-n', SSH_NAMESPACE, time]);
    if (run.code !== 0) return notGood('bad', complaint(run));
    const listed =
      principals.length === 0 ? `is not among the ${ALLOWED_SIGNERS_FILE} of the registry` : 'does not count';
    return notGood('unknown', `its key ${keyIn(run) ?? ''} ${listed} for the time it was signed`, keyIn(run));
  });
}

type Keygen = (words: readonly string[]) => Promise<ProgramResult>;

/** Who the key belongs to, at the time it was used; several where the file lists it several times. */
async function principalsOf({ folder }: SigningTools, keygen: Keygen, time: string): Promise<string[]> {
  const run = await keygen(['-Y', 'find-principals', '-f', allowedSignersPath(folder), time]);
  const lines = run.code === 0 ? run.stdout.toString().split(/\r?\n/) : [];
  return lines.filter((line) => line !== '');
}

function runKeygen(tools: SigningTools, payload: Buffer, words: readonly string[]): Promise<ProgramResult> {
  const { sshProgram, homeFolder } = tools.settings;
  const program = homePath(sshProgram, homeFolder);
  return runTool(tools, { program, arguments: words, input: payload });
}

/** `YYYYMMDDhhmmss` in local time, as the dates in the file of allowed signers are read. */
function verifyTime({ environment }: SigningTools, at: Date): string {
  const local = new Date(at.getTime() + environment.timezoneOffsetMinutes(at) * 60_000);
  return local.toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

/** Such as `SHA256:ELFm…`. */
function keyIn({ stdout }: ProgramResult): string | null {
  return /\b(SHA256:\S+)/.exec(stdout.toString())?.[1] ?? null;
}
