import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { kill, platform } from 'node:process';
import { Readable } from 'node:stream';
import { StoreError, systemCode, translated } from '../errors.ts';
import { LineReader } from './line-reader.ts';
import type { Programs } from './programs.ts';

export interface RunOptions {
  /** Name or path; names are looked for in the `PATH` of the variables. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** The folder it works in; the file system's root when not given, so that no repository is met by chance. */
  readonly cwd?: string;
  /** Replaces variables of {@link Programs}; undefined takes one away. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly input?: AsyncIterable<Uint8Array> | Uint8Array | string;
  /** Ends the program, and all that it has started, with the error `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each line on standard error, also those that end in a carriage return, as progress does. */
  readonly onLine?: (line: string) => void;
  /** Called for each line on standard output; none of it is kept then. */
  readonly onOutputLine?: (line: string) => void;
  /** Bytes of standard output; more is an error, `hostile`. */
  readonly maxOutput: number;
}

export interface ProgramResult {
  readonly stdout: Buffer;
  /** Its last lines as a terminal would show them, at most 64 KiB. */
  readonly stderr: string;
  /** Exit code; 128 and more when a signal ended it, as a shell says it. */
  readonly code: number;
}

/**
 * Runs a program to its end, without a shell. Whatever its exit code is, that is a result.
 *
 * Where nobody is to be asked, the program runs in a session of its own: what it starts cannot reach the terminal, and
 * ends with it when the signal fires. Throws `not-found` when there is no such program, `cancelled`, `hostile` for too
 * much output.
 */
export async function runProgram(programs: Programs, options: RunOptions): Promise<ProgramResult> {
  if (options.signal?.aborted) throw cancelled(options);
  const isGroup = !programs.interactive && platform !== 'win32';
  const child = spawn(options.program, options.arguments, {
    cwd: options.cwd ?? resolve('/'),
    env: { ...programs.variables, ...options.variables },
    stdio: 'pipe',
    detached: isGroup,
    windowsHide: true,
  });
  const end = () => endProgram(child, isGroup);
  options.signal?.addEventListener('abort', end, { once: true });
  try {
    return await resultOf(child, options, end);
  } catch (error) {
    throw systemCode(error) === 'ENOENT' ? missing(options) : translated(error, `run ${options.program}`);
  } finally {
    options.signal?.removeEventListener('abort', end);
  }
}

async function resultOf(child: ChildProcess, options: RunOptions, end: () => void): Promise<ProgramResult> {
  const lines = new LineReader(options.onLine);
  child.stderr?.on('data', (chunk: Buffer) => lines.add(chunk));
  const output = options.onOutputLine
    ? passOn(child.stdout!, new LineReader(options.onOutputLine))
    : collectOutput(child.stdout!, options.maxOutput, end);
  // Whoever ends before it has read all is right, and says by its exit code what is wrong.
  child.stdin?.on('error', () => {});
  if (options.input === undefined) child.stdin?.end();
  else feed(options.input, child);
  const code = await exitOf(child);
  const { bytes, tooMuch } = await output;
  await drained(child.stderr!);
  if (options.signal?.aborted) throw cancelled(options);
  if (tooMuch) {
    throw new StoreError(
      'hostile',
      `${options.program}: expected at most ${options.maxOutput} bytes of output`,
    );
  }
  return { stdout: bytes, stderr: lines.end(), code };
}

function feed(input: NonNullable<RunOptions['input']>, child: ChildProcess): void {
  const chunks = typeof input === 'string' || input instanceof Uint8Array ? [input] : input;
  const source = Readable.from(chunks, { objectMode: true });
  source.on('error', (error) => child.stdin?.destroy(error));
  source.pipe(child.stdin!);
}

async function collectOutput(
  stream: Readable,
  maxOutput: number,
  end: () => void,
): Promise<{ bytes: Buffer; tooMuch: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxOutput) end();
    else chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), tooMuch: size > maxOutput };
}

async function passOn(stream: Readable, lines: LineReader): Promise<{ bytes: Buffer; tooMuch: boolean }> {
  for await (const chunk of stream) lines.add(chunk);
  lines.end();
  return { bytes: Buffer.alloc(0), tooMuch: false };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
}

/** How long standard error may stay open after the program's end, milliseconds: a shared SSH connection lives on with it. */
const LINGER_MAX_MS = 300;

function drained(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => stream.destroy(), LINGER_MAX_MS);
    stream.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** How long a program may take to end when it is told to, milliseconds: Git removes its temporary files. */
const END_MAX_MS = 5_000;

function endProgram(child: ChildProcess, isGroup: boolean): void {
  sendSignal(child, isGroup, 'SIGTERM');
  const timer = setTimeout(() => sendSignal(child, isGroup, 'SIGKILL'), END_MAX_MS);
  child.on('exit', () => clearTimeout(timer));
}

function sendSignal(child: ChildProcess, isGroup: boolean, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (platform === 'win32') endTree(child.pid);
    else kill(isGroup ? -child.pid : child.pid, signal);
  } catch (error) {
    // It has ended in this moment.
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

/** Windows has no groups to send a signal to. */
function endTree(pid: number): void {
  spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
    'error',
    () => {},
  );
}

function missing({ program }: RunOptions): StoreError {
  return new StoreError('not-found', `there is no program ${program}`, {
    hint: `install ${program}, or put its folder into PATH`,
    data: { program },
  });
}

function cancelled({ program, signal }: RunOptions): StoreError {
  return new StoreError('cancelled', `${program}: cancelled`, { cause: signal?.reason });
}
