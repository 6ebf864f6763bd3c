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
  /** Sees the process as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs one of the scripts beside this file by itself, and waits for its end. */
export function runScript(name: string, args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  return runNode([join(import.meta.dirname, `${name}.ts`), ...args], options);
}

/** Runs a program under the Node that runs the tests. */
export function runNode(args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  const faults = options.faults ? FAULT_ARGUMENTS : [];
  return runProgram(execPath, [...faults, '--disable-warning=ExperimentalWarning', ...args], options);
}

/** Runs any program, and waits for its end. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { faults, variables, onStart }: ChildOptions = {},
): Promise<Ended> {
  const env = { ...process.env, ...variables, ...(faults && faultEnvironment(faults)) };
  const child = spawn(command, args, { env, stdio: 'pipe' });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  try {
    onStart?.(child);
    const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const [said, complained] = [stdout, stderr].map((chunks) => Buffer.concat(chunks).toString());
    return { status, signal, stdout: said!, stderr: complained! };
  } finally {
    child.kill('SIGKILL');
  }
}
