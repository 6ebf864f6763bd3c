import { execFile } from 'node:child_process';
import { systemCode } from '../errors.ts';
import { childVariables } from '../secrets/child-variables.ts';
import type { FindingJson } from '../shapes/upkeep.ts';

/** Long enough for a cold disk, short enough not to be taken for a hang. */
const GIT_TIMEOUT_MS = 10_000;

/** Asks Git for its version, without a shell, and says what that means. Models are kept without Git; sharing needs it. */
export async function examineGit(
  variables: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<FindingJson> {
  return new Promise((resolve, reject) => {
    const settings = { env: childVariables(variables), timeout: GIT_TIMEOUT_MS, signal, windowsHide: true };
    execFile('git', ['--version'], settings, (error, output) => {
      if (signal.aborted) reject(signal.reason);
      else resolve(error ? gitMissing(error) : judgeGit(output));
    });
  });
}

/** The first Git whose `fetch` takes object ids on standard input, as fetching parts on demand does. */
const GIT_NEEDED: readonly [major: number, minor: number] = [2, 29];

/** What is to be said about a Git that calls itself this, such as `git version 2.39.5 (Apple Git-154)`. */
export function judgeGit(output: string): FindingJson {
  const match = /^git version (\d+)\.(\d+)\S*/.exec(output);
  if (!match) {
    const message = `git --version gives ${JSON.stringify(output.trim().slice(0, 80))}, which is no version`;
    return { level: 'warning', subject: 'git', message, hint: 'install Git again' };
  }
  const [text, major, minor] = match;
  const message = text.replace('git version', 'version');
  const [majorNeeded, minorNeeded] = GIT_NEEDED;
  const isOld = Number(major) < majorNeeded || (Number(major) === majorNeeded && Number(minor) < minorNeeded);
  if (!isOld) return { level: 'ok', subject: 'git', message, hint: null };
  const hint = `install Git ${GIT_NEEDED.join('.')} or newer`;
  return { level: 'warning', subject: 'git', message: `${message} is too old for sharing a registry`, hint };
}

function gitMissing(error: Error): FindingJson {
  const isAbsent = systemCode(error) === 'ENOENT';
  return {
    level: 'warning',
    subject: 'git',
    message: isAbsent ? 'not found; a registry works without it, and sharing one does not' : error.message,
    hint: isAbsent ? 'install Git, and see that it is on the PATH' : 'see that git --version works',
  };
}
