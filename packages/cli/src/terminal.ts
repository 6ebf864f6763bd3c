import { once } from 'node:events';
import { openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { CommandError, OutputClosed, systemCode } from './errors.ts';
import type { HidingInput } from './secrets/hidden-line.ts';

/** Where text goes. */
export interface Output {
  readonly isTerminal: boolean;
  /** The terminal's width; `null` when it is not a terminal, and nothing is to be cut. */
  readonly columns: number | null;
  /** Whether colours would be seen; the user can still have switched them off. */
  readonly hasColour: boolean;
  /**
   * Resolves when the system has taken the bytes, so that a slow reader slows the writer.
   * Throws {@link OutputClosed} when the reader is gone, `failed` when the system says no, and the signal's reason
   * when it fires first.
   */
  write(data: string | Uint8Array, signal?: AbortSignal): Promise<void>;
}

/** All that the command line knows about the world it talks to. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  /** Whether somebody is there to answer a question. */
  canAsk(): boolean;
  /** Shows one line that the next one replaces; `null` takes it away. Does nothing without a terminal. */
  status(line: string | null): void;
  /** Asks on standard error, reads a line from standard input; `null` at its end. */
  ask(question: string, signal: AbortSignal): Promise<string | null>;
  /** Whether there is a terminal to ask for a secret, which may be another than standard input. */
  canAskSecret(): boolean;
  /**
   * Asks on standard error, reads a line from the terminal and shows nothing of it; `null` at its end. Ctrl-C does what
   * it does elsewhere.
   */
  askSecret(question: string, signal: AbortSignal): Promise<string | null>;
  /** Standard input to its end; throws `refused` past `sizeMax` bytes. */
  readInput(sizeMax: number, signal: AbortSignal): Promise<Uint8Array>;
}

type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

type ClosableInput = HidingInput & { destroy(): unknown };

export interface TerminalStreams {
  /** Opened only by what reads it. */
  readonly stdin: () => Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** The terminal that the process belongs to, whatever standard input is; `null` without one. */
  readonly controlling: () => ClosableInput | null;
  /** Does what Ctrl-C does where the terminal turns it into a signal itself. */
  readonly interrupt: () => void;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const CLEAR_LINE = '\r\u001b[2K';

/** The terminal over the process's streams, or over any others in tests. */
export function openTerminal(streams: TerminalStreams): Terminal {
  const { stdin, stdout, stderr, variables } = streams;
  const out = outputTo(stdout, variables);
  const errors = outputTo(stderr, variables);
  // Nobody is left to be told that standard error is gone.
  const tell = (text: string | Uint8Array) => errors.write(text).catch(() => undefined);
  let statusShown = false;
  const status = (line: string | null) => {
    if (!errors.isTerminal || (line === null && !statusShown)) return;
    statusShown = line !== null;
    void tell(CLEAR_LINE + (line ?? ''));
  };
  return {
    out: withWrite(out, (data, signal) => {
      status(null);
      return out.write(data, signal);
    }),
    err: withWrite(errors, (data) => {
      status(null);
      return tell(data);
    }),
    canAsk: () => errors.isTerminal && stdin().isTTY === true,
    status,
    async ask(question, signal) {
      status(null);
      await tell(question);
      return readLine(stdin(), signal);
    },
    canAskSecret() {
      const input = errors.isTerminal ? secretInput(streams) : null;
      input?.close();
      return input !== null;
    },
    askSecret(question, signal) {
      status(null);
      return askHidden(streams, tell, { question, signal });
    },
    readInput: (sizeMax, signal) => readAll(stdin(), sizeMax, signal),
  };
}

/** The terminal that the process belongs to, open anew; `null` without one, and on Windows. */
export function controllingTerminal(): ClosableInput | null {
  try {
    const { ReadStream } = process.getBuiltinModule('node:tty');
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return null;
  }
}

/** Does what Ctrl-C does, at once: a signal to oneself comes too late when nothing else is left to wait for. */
export function interruptItself(): void {
  process.emit('SIGINT', 'SIGINT');
}

/** Calls back at every Ctrl-C or request to stop. */
export function onInterrupt(interrupted: () => void): void {
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  process.on('SIGHUP', interrupted);
}

function withWrite(output: Output, write: Output['write']): Output {
  return Object.create(output, { write: { value: write } });
}

const COLUMNS_WHEN_UNKNOWN = 80;

function outputTo(stream: OutputStream, variables: TerminalStreams['variables']): Output {
  const isTerminal = stream.isTTY === true;
  // Errors reach whoever awaits the write; without a listener they would end the process.
  stream.on('error', () => undefined);
  return {
    isTerminal,
    get columns() {
      return isTerminal ? stream.columns || COLUMNS_WHEN_UNKNOWN : null;
    },
    hasColour: isTerminal && !variables.NO_COLOR && variables.TERM !== 'dumb',
    write: (data, signal) => writeTo(stream, data, signal),
  };
}

function writeTo(
  stream: NodeJS.WritableStream,
  data: string | Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason);
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop, { once: true });
    stream.write(data, (error) => {
      signal?.removeEventListener('abort', stop);
      if (error) reject(writeError(error));
      else resolve();
    });
  });
}

const CLOSED_CODES: ReadonlySet<string | undefined> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'EOF',
]);

function writeError(error: Error): Error {
  if (CLOSED_CODES.has(systemCode(error))) return new OutputClosed('standard output was closed');
  return new CommandError('failed', `cannot write to standard output: ${error.message}`, { cause: error });
}

async function readLine(stdin: Readable, signal: AbortSignal): Promise<string | null> {
  const { createInterface } = await import('node:readline');
  // Without `terminal` the line stays in the system's hands: it edits, and Ctrl-C remains a signal.
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    const closed = once(lines, 'close', { signal }).then(() => [null]);
    const [line] = await Promise.race([once(lines, 'line', { signal }), closed]);
    return line;
  } finally {
    lines.close();
  }
}

/** A terminal to type a secret on. */
interface SecretInput {
  readonly input: HidingInput;
  close(): void;
}

function secretInput({ stdin, controlling }: TerminalStreams): SecretInput | null {
  const usual = stdin();
  if (usual.isTTY === true && usual.setRawMode)
    return { input: usual as HidingInput, close: () => undefined };
  const own = controlling();
  return own && { input: own, close: () => void own.destroy() };
}

interface HiddenQuestion {
  readonly question: string;
  readonly signal: AbortSignal;
}

/** The terminal is silent before the question is there, so that nothing of a quick answer is shown. */
async function askHidden(
  streams: TerminalStreams,
  tell: (text: string) => Promise<unknown>,
  { question, signal }: HiddenQuestion,
): Promise<string | null> {
  const { readHiddenLine } = await import('./secrets/hidden-line.ts');
  const asked = secretInput(streams);
  if (asked === null) return null;
  try {
    const [typed] = await Promise.all([readHiddenLine(asked.input, signal), tell(question)]);
    await tell('\n');
    if (typed.kind === 'line') return typed.text;
  } finally {
    asked.close();
  }
  streams.interrupt();
  throw signal.reason ?? new CommandError('refused', 'interrupted');
}

async function readAll(stdin: Readable, sizeMax: number, signal: AbortSignal): Promise<Uint8Array> {
  const { addAbortSignal } = await import('node:stream');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, stdin)) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > sizeMax) throw new CommandError('refused', `standard input is larger than ${sizeMax} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
