import type { StoreError } from '../errors.ts';
import type { Answer, Question } from './answering.ts';
import { errorFromMessage, startThread, type Thread } from './thread.ts';

interface Waiting<Out> {
  resolve(answer: Out): void;
  reject(error: StoreError): void;
}

/** A thread that answers whatever it is asked; its module calls `answering`. */
export class AskedThread<In, Out> {
  readonly #thread: Thread<Question<In>>;
  readonly #waiting = new Map<number, Waiting<Out>>();
  #jobs = 0;
  #broken: StoreError | undefined;

  /** As `startThread`. */
  constructor(from: string, name: string) {
    this.#thread = startThread<Question<In>, Answer<Out>>(from, name, null, {
      onMessage: (answer) => this.#settle(answer),
      onBroken: (error) => this.#break(error),
    });
  }

  /** Throws what the thread threw, or why it cannot answer any more. */
  ask(message: In): Promise<Out> {
    if (this.#broken) return Promise.reject(this.#broken);
    this.#jobs += 1;
    const job = this.#jobs;
    return new Promise((resolve, reject) => {
      this.#waiting.set(job, { resolve, reject });
      this.#thread.post({ job, message });
    });
  }

  /** Whoever still waits is told the reason. */
  async stop(reason: StoreError): Promise<void> {
    this.#break(reason);
    await this.#thread.stop();
  }

  #settle(answer: Answer<Out>): void {
    const waiting = this.#waiting.get(answer.job);
    this.#waiting.delete(answer.job);
    if (answer.kind === 'error') waiting?.reject(errorFromMessage(answer.error));
    else waiting?.resolve(answer.answer);
  }

  #break(error: StoreError): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
