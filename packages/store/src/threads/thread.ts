import { Worker } from 'node:worker_threads';
import { StoreError, type StoreErrorCode } from '../errors.ts';

/** An error as it crosses from one thread to another, where classes do not survive. */
export interface ErrorMessage {
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function errorMessage(error: StoreError): ErrorMessage {
  const { code, message, hint, data } = error;
  return hint === undefined ? { code, message, data } : { code, message, hint, data };
}

export function errorFromMessage({ code, message, hint, data }: ErrorMessage): StoreError {
  return new StoreError(code, message, hint === undefined ? { data } : { data, hint });
}

/** A worker thread that is spoken to in typed messages. */
export interface Thread<In> {
  post(message: In): void;
  /** Ends the thread at once, whatever it is doing, and lets nothing more be heard of it. */
  stop(): Promise<void>;
}

export interface ThreadEvents<Out> {
  onMessage(message: Out): void;
  /** The thread itself broke: it threw, ran out of memory or ended before it was stopped. */
  onBroken(error: StoreError): void;
}

/**
 * Starts a thread from the module `<name>.js` beside `from` (`<name>.ts` when the sources run unbuilt).
 * `data` reaches it as `workerData`.
 */
export function startThread<In, Out>(
  from: string,
  name: string,
  data: unknown,
  events: ThreadEvents<Out>,
): Thread<In> {
  const unbuilt = from.endsWith('.ts');
  const worker = new Worker(new URL(`./${name}${unbuilt ? '.ts' : '.js'}`, from), {
    workerData: data,
    name,
    ...(unbuilt && { execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'] }),
  });
  let stopped = false;
  worker.on('message', (message: Out) => {
    if (!stopped) events.onMessage(message);
  });
  worker.on('error', (cause) => {
    if (!stopped)
      events.onBroken(new StoreError('failed', `thread ${name} broke: ${cause.message}`, { cause }));
  });
  worker.on('exit', (code) => {
    if (!stopped) events.onBroken(new StoreError('failed', `thread ${name} ended early with ${code}`));
  });
  return {
    post: (message) => worker.postMessage(message),
    stop: async () => {
      stopped = true;
      await worker.terminate();
    },
  };
}
