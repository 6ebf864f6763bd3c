import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CairnError } from '../errors.ts';
import { CLOSE_GRACE_MS, type HookHost, type HookHostEvents, LAST_OUTPUT_MS, within } from './hook-host.ts';
import { type OutputSink, readOutput } from './hook-output.ts';
import type { HookReply } from './messages.ts';

export interface NodeOptions {
  readonly env: Readonly<Record<string, string>>;
  /** The private folder. */
  readonly folder: string;
  /** A folder `node_modules` for what the hooks import by name. */
  readonly modules: string | undefined;
  readonly onOutput: OutputSink;
}

/** Starts a worker thread for hooks. It has environment variables of its own, and ends with this process. */
export async function startNode(options: NodeOptions, events: HookHostEvents): Promise<HookHost> {
  if (options.modules !== undefined) {
    // Where Node looks for packages of what lies in the folder. A link is removed with it, what it leads to is not.
    await symlink(resolve(options.modules), join(options.folder, 'node_modules'), 'junction');
  }
  const worker = startWorker(options.env);
  const outputs = [
    readOutput(worker.stdout, 'stdout', options.onOutput),
    readOutput(worker.stderr, 'stderr', options.onOutput),
  ];
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const stop = async () => {
    await worker.terminate();
    await within(LAST_OUTPUT_MS, Promise.all(outputs));
  };
  worker.on('message', (reply: HookReply) => events.onReply(reply));
  worker.on('error', (cause) => events.onEnd(broken(cause)));
  worker.on('exit', (code) => events.onEnd(endedEarly(code)));
  return {
    post: (message) => worker.postMessage(message),
    stop,
    async close() {
      worker.postMessage({ type: 'close' });
      if (!(await within(CLOSE_GRACE_MS, exited))) await worker.terminate();
      await within(LAST_OUTPUT_MS, Promise.all(outputs));
    },
  };
}

/** The thread's module stands beside this one, also in the bundle of the command line. */
function startWorker(env: Readonly<Record<string, string>>): Worker {
  const unbuilt = import.meta.url.endsWith('.ts');
  const thread = new URL(unbuilt ? './hooks-thread.ts' : './hooks-thread.js', import.meta.url);
  const execArgv = unbuilt ? ['--disable-warning=ExperimentalWarning'] : [];
  return new Worker(thread, { name: 'hooks', stdout: true, stderr: true, env, execArgv });
}

function broken(cause: Error): CairnError {
  return new CairnError('failed', `the hooks ended early: ${cause.name}: ${cause.message}`, {
    hint: 'something threw after its hook had returned, or there was not enough memory',
    data: { exception: cause.name, traceback: cause.stack },
    cause,
  });
}

function endedEarly(code: number): CairnError {
  return new CairnError('failed', `the hooks ended early: their thread ended with exit code ${code}`, {
    hint: 'see what the hooks have printed',
    data: { exitCode: code, signal: null },
  });
}
