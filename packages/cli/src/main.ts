import { CommandError } from './errors.ts';
import { EXIT } from './failure.ts';
import { runCommandLine } from './run.ts';
import { controllingTerminal, interruptItself, onInterrupt, openTerminal } from './terminal.ts';

/** Runs the process's command line and ends the process with its exit code. */
export async function main(): Promise<void> {
  const interruption = new AbortController();
  const terminal = openTerminal({
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    controlling: controllingTerminal,
    interrupt: interruptItself,
    variables: process.env,
  });
  onInterrupt(() => {
    // The second time the user means it, and what the first one left half-done is swept up later.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    // Takes the `^C` away that the terminal has just shown, so that the message stands alone in its line.
    terminal.status('');
    interruption.abort();
  });
  const code = await runCommandLine(process.argv.slice(2), {
    terminal,
    variables: process.env,
    signal: interruption.signal,
    nodeVersion: process.versions.node,
    workingFolder,
    now: () => new Date(),
    clock: () => performance.now(),
    loadCore: () => import('@cairn/core'),
    process,
  });
  // All output has been taken by the system, and nothing that still waits, such as standard input, is wanted.
  process.exit(code);
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new CommandError('not-found', 'the working folder is not there any more', { cause });
  }
}
