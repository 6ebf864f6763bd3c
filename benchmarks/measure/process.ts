import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** One process as a user starts it. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs a process, its standard output thrown away. Throws with its standard error when it fails. */
export async function run({ program, args, folder, variables }: Command): Promise<void> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...variables },
    ...(folder !== undefined && { cwd: folder }),
  });
  const [complaint, [status, signal]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (status !== 0) {
    throw new Error(`${[program, ...args].join(' ')} ended with ${status ?? signal}: ${complaint.trim()}`);
  }
}

/** Runs processes one after another and gives the seconds from the start of the first to the end of the last. */
export async function timed(commands: readonly Command[]): Promise<number> {
  const startedAt = performance.now();
  for (const command of commands) await run(command);
  return (performance.now() - startedAt) / 1000;
}

/** Whether a program can be started at all. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
