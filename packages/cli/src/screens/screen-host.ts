import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import type { Host } from '@cairn/tui';
import type { Context } from '../context.ts';
import { childVariables } from '../secrets/child-variables.ts';
import type { ScreenProcess } from './screen-process.ts';

/** The world of the screens: the process's own terminal. */
export function screenHost(context: Context, process: ScreenProcess): Host {
  const { variables } = context;
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    variables: context.globals.colour ? variables : { ...variables, NO_COLOR: '1' },
    workingFolder: context.workingFolder(),
    homeFolder: variables.HOME || homedir(),
    signal: context.signal,
    clock: () => context.clock(),
    now: () => context.now(),
    runProgram: (command, file) => runProgram(command, file, { process, variables }),
    ...(process.platform !== 'win32' && { stop: () => stop(process) }),
  };
}

/** The longest time that a timer takes, milliseconds. */
const LONG_MS = 2 ** 31 - 1;

/** Stops the process group as the terminal's own Ctrl-Z does, and resolves when the shell lets it go on. */
function stop(process: ScreenProcess): Promise<void> {
  // Waiting for a signal alone does not keep Node from ending.
  const waiting = setInterval(() => undefined, LONG_MS);
  return new Promise((resolve) => {
    process.once('SIGCONT', () => {
      clearInterval(waiting);
      resolve();
    });
    process.kill(0, 'SIGTSTP');
  });
}

/** The command can have words of its own, such as `code --wait`, so that a shell reads it, as Git does. */
function runProgram(
  command: string,
  file: string,
  { process, variables }: { process: ScreenProcess; variables: Host['variables'] },
): Promise<number> {
  const options = { stdio: 'inherit', env: childVariables(variables) } as const;
  const child =
    process.platform === 'win32'
      ? spawn(`${command} "${file}"`, { ...options, shell: true })
      : spawn('sh', ['-c', `${command} "$@"`, command, file], options);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
