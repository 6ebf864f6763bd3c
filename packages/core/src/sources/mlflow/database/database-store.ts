import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CairnError } from '../../../errors.ts';
import { checkCancelled } from '../../../progress.ts';
import { locateOnDisk } from '../locate.ts';
import type { RunStore, StoreOptions } from '../run-store.ts';
import type { Answers, DatabaseData, FromDatabase, Question, ToDatabase } from './questions.ts';

/** A SQLite database, as MLflow begins with since 3.7. It is read in a thread, as SQLite lets nobody else have a turn. */
export function openDatabaseStore(path: string, { temporaryFolder, signal }: StoreOptions): RunStore {
  checkCancelled(signal);
  const thread = startThread({ path, temporaryFolder }, signal);
  const folder = dirname(path);
  return {
    kind: 'database',
    place: path,
    listRuns: ({ withMetrics }) => thread.ask<'runs'>({ kind: 'runs', withMetrics }),
    readRun: (id) => thread.ask<'run'>({ kind: 'run', id }),
    readModel: (id) => thread.ask<'model'>({ kind: 'model', id }),
    readHistories: (id) => thread.ask<'histories'>({ kind: 'histories', id }),
    listRegistered: () => thread.ask<'registered'>({ kind: 'registered' }),
    locate: async (artifacts) =>
      locateOnDisk(artifacts, { root: join(folder, 'mlruns'), workingFolder: folder }),
    [Symbol.asyncDispose]: () => thread.stop(),
  };
}

interface DatabaseThread {
  ask<K extends keyof Answers>(question: Question & { readonly kind: K }): Promise<Answers[K]>;
  stop(): Promise<void>;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

function startThread(data: DatabaseData, signal: AbortSignal | undefined): DatabaseThread {
  const worker = startWorker(data);
  const waiting = new Map<number, Waiting>();
  let ended: CairnError | null = null;
  const end = (error: CairnError) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const cancel = () => {
    end(new CairnError('cancelled', 'cancelled', { cause: signal?.reason }));
    void worker.terminate();
  };
  signal?.addEventListener('abort', cancel, { once: true });
  worker.on('message', (reply: FromDatabase) => settle(waiting, reply));
  worker.on('error', (cause) => end(broken(data.path, cause.message, cause)));
  worker.on('exit', (code) => end(broken(data.path, `it ended with ${code}`)));
  let number = 0;
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        number += 1;
        waiting.set(number, { resolve: resolve as Waiting['resolve'], reject });
        worker.postMessage({ number, question } satisfies ToDatabase);
      }),
    stop: async () => {
      signal?.removeEventListener('abort', cancel);
      await worker.terminate();
    },
  };
}

/**
 * The thread's module stands beside this one, also in the bundle of the command line. Node says on standard error that
 * its SQLite may still change, which is nothing to users: only in the thread that loads it, this is kept from them.
 */
function startWorker(data: DatabaseData): Worker {
  const unbuilt = import.meta.url.endsWith('.ts');
  const thread = new URL(unbuilt ? './database-thread.ts' : './database-thread.js', import.meta.url);
  return new Worker(thread, {
    name: 'database',
    workerData: data,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
}

function settle(waiting: Map<number, Waiting>, reply: FromDatabase): void {
  const asked = waiting.get(reply.number);
  waiting.delete(reply.number);
  if ('answer' in reply) asked?.resolve(reply.answer);
  else {
    const { code, message, hint, data } = reply.failure;
    asked?.reject(new CairnError(code, message, { data, ...(hint !== undefined && { hint }) }));
  }
}

function broken(path: string, problem: string, cause?: unknown): CairnError {
  return new CairnError('failed', `the thread that reads ${path} broke: ${problem}`, { cause });
}
