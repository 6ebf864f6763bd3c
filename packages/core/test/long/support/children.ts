import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { FAULT_ARGUMENTS, type Faults, faultEnvironment } from '@cairn/testkit/faults/faults.js';

/** How a process ended, and what it said. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly faults?: Faults;
  readonly variables?: Readonly<Record<string, string>>;
  /** Sees each piece of what the child says, and may end it. */
  readonly onStdout?: (child: ChildProcess, chunk: Buffer) => void;
  readonly onStderr?: (child: ChildProcess, chunk: Buffer) => void;
}

/** Runs one of the scripts beside this file by itself, and waits for its end. */
export function runScript(name: string, args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  return runNode([join(import.meta.dirname, `${name}.ts`), ...args], options);
}

/** Runs a program under the Node that runs the tests. */
export function runNode(args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  const { faults, variables } = options;
  const argv = [...(faults ? FAULT_ARGUMENTS : []), '--disable-warning=ExperimentalWarning', ...args];
  const env = { ...process.env, ...variables, ...(faults && faultEnvironment(faults)) };
  return ended(spawn(execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] }), options);
}

/** Runs any program, and waits for its end. */
export function runProgram(command: string, args: readonly string[]): Promise<Ended> {
  return ended(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }), {});
}

async function ended(child: ChildProcess, { onStdout, onStderr }: ChildOptions): Promise<Ended> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout!.on('data', (chunk: Buffer) => {
    stdout.push(chunk);
    onStdout?.(child, chunk);
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr.push(chunk);
    onStderr?.(child, chunk);
  });
  try {
    const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return {
      status,
      signal,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
    };
  } finally {
    child.kill('SIGKILL');
  }
}
