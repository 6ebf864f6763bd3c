import { parentPort } from 'node:worker_threads';
import { translated } from '../errors.ts';
import { type ErrorMessage, errorMessage } from './thread.ts';

export interface Question<In> {
  readonly job: number;
  readonly message: In;
}

export type Answer<Out> =
  | { readonly kind: 'answer'; readonly job: number; readonly answer: Out }
  | { readonly kind: 'error'; readonly job: number; readonly error: ErrorMessage };

/** Makes this thread answer what an `AskedThread` asks it. What `answer` throws is thrown to whoever asked. */
export function answering<In, Out>(answer: (message: In) => Out | Promise<Out>): void {
  parentPort?.on('message', async ({ job, message }: Question<In>) => {
    try {
      send<Out>({ kind: 'answer', job, answer: await answer(message) });
    } catch (error) {
      send({ kind: 'error', job, error: errorMessage(translated(error, 'a thread failed')) });
    }
  });
}

function send<Out>(message: Answer<Out>): void {
  parentPort?.postMessage(message);
}
