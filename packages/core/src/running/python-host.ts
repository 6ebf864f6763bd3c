import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { asCairnError, CairnError } from '../errors.ts';
import { encodeFrame, FRAME_SIZE_MAX, FrameReader } from './frames.ts';
import { CLOSE_GRACE_MS, type HookHost, type HookHostEvents, LAST_OUTPUT_MS, within } from './hook-host.ts';
import { type OutputSink, OutputTail, readOutput } from './hook-output.ts';
import { startInterpreter } from './interpreter.ts';
import type { HookReply } from './messages.ts';

export interface PythonOptions {
  readonly python: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Where the hooks run. */
  readonly folder: string;
  readonly onOutput: OutputSink;
  /** Bytes of a request or a reply. */
  readonly frameSizeMax?: number;
}

/** In the bundle of the command line, the script stands beside the bundle. */
export const HOOK_RUNNER = fileURLToPath(new URL('./hook-runner.py', import.meta.url));

/** Descriptors of the child; the first three are its input and outputs. */
const REQUESTS = 3;
const REPLIES = 4;

/**
 * Starts a Python process for hooks. It ends when this one does, also when that is killed, for its descriptor for
 * requests ends then. Throws `not-found` without an interpreter.
 */
export async function startPython(options: PythonOptions, events: HookHostEvents): Promise<HookHost> {
  const { frameSizeMax = FRAME_SIZE_MAX } = options;
  // Unbuffered, so that prints come when they are made; no byte code, which would be one more copy of the hooks; and
  // a traceback also of crashes.
  const flags = ['-u', '-B', '-X', 'faulthandler'];
  const { child, name } = await startInterpreter(
    options.python,
    [...flags, HOOK_RUNNER, String(frameSizeMax)],
    {
      cwd: options.folder,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    },
  );
  const tail = new OutputTail();
  const outputs = [
    readOutput(child.stdout!, 'stdout', options.onOutput),
    readOutput(child.stderr!, 'stderr', (output) => {
      tail.add(output.text);
      options.onOutput(output);
    }),
  ];
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const over = exited.then(() => within(LAST_OUTPUT_MS, Promise.all(outputs)));
  const requests = child.stdio[REQUESTS] as Writable;
  // A child that is gone is noticed by its exit.
  requests.on('error', () => undefined);
  readReplies(child, frameSizeMax, events);
  void over.then(() => events.onEnd(endedEarly(child, name, tail.text)));
  const stop = async () => {
    requests.destroy();
    if (!(await within(STOP_GRACE_MS, exited))) child.kill('SIGKILL');
    await over;
  };
  return {
    post: (message) => void requests.write(encodeFrame(message, frameSizeMax)),
    stop,
    async close() {
      requests.write(encodeFrame({ type: 'close' }));
      if (await within(CLOSE_GRACE_MS, exited)) await over;
      else await stop();
    },
  };
}

/** How long the child may take to notice that nobody asks any more, milliseconds, before it is killed. */
const STOP_GRACE_MS = 1_000;

function readReplies(child: ChildProcess, frameSizeMax: number, events: HookHostEvents): void {
  const replies = child.stdio[REPLIES] as Readable;
  const frames = new FrameReader(frameSizeMax);
  replies.on('error', () => undefined);
  replies.on('data', (bytes: Buffer) => {
    try {
      for (const message of frames.take(bytes)) events.onReply(message as HookReply);
    } catch (error) {
      child.kill('SIGKILL');
      events.onEnd(asCairnError(error));
    }
  });
}

function endedEarly({ exitCode, signalCode }: ChildProcess, name: string, tail: string): CairnError {
  const how = signalCode === null ? `with exit code ${exitCode}` : `by ${signalCode}`;
  const said = tail.trim().split('\n').at(-1);
  return new CairnError('failed', `the hooks ended early: ${name} ended ${how}${said ? `: ${said}` : ''}`, {
    hint:
      signalCode === 'SIGKILL'
        ? 'there may not be enough memory for the model'
        : 'see what the hooks have printed',
    data: { exitCode, signal: signalCode, stderr: tail },
  });
}
