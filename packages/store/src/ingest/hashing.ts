import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';
import { startThread, type Thread } from '../threads/thread.ts';
import type { FromHasher, ToHasher } from './hashing-messages.ts';

/** The SHA-256 of a stream whose bytes come one after the other. */
export interface StreamHash {
  /** The bytes must stay as they are until the promise is kept; it need not be waited for before the next call. */
  update(bytes: Uint8Array): Promise<void>;
  /** Lower-case hex, of all that was given. */
  digest(): Promise<string>;
}

export function inlineHash(): StreamHash {
  const hash = createHash('sha256');
  return {
    update: async (bytes) => {
      hash.update(bytes);
    },
    digest: async () => hash.digest('hex'),
  };
}

/** A thread that computes the SHA-256 of any number of streams, from memory that it shares with whoever fills it. */
export class HashingThread {
  readonly #thread: Thread<ToHasher>;
  readonly #waiting = new Map<number, { resolve(sha256: string): void; reject(error: StoreError): void }>();
  #jobs = 0;
  #streams = 0;
  #broken: StoreError | undefined;

  constructor() {
    this.#thread = startThread<ToHasher, FromHasher>(import.meta.url, 'hashing-thread', null, {
      onMessage: ({ job, sha256 }) => {
        this.#waiting.get(job)?.resolve(sha256);
        this.#waiting.delete(job);
      },
      onBroken: (error) => this.#break(error),
    });
  }

  open(): StreamHash {
    this.#streams += 1;
    const stream = this.#streams;
    return {
      update: async (bytes) => {
        await this.#ask(stream, bytes);
      },
      digest: () => this.#ask(stream, null),
    };
  }

  /** Whoever still waits is told that nothing comes any more. */
  async stop(): Promise<void> {
    this.#break(new StoreError('cancelled', 'hashing was cancelled'));
    await this.#thread.stop();
  }

  #break(error: StoreError): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #ask(stream: number, bytes: Uint8Array | null): Promise<string> {
    if (this.#broken) return Promise.reject(this.#broken);
    this.#jobs += 1;
    const job = this.#jobs;
    return new Promise((resolve, reject) => {
      this.#waiting.set(job, { resolve, reject });
      this.#thread.post({ job, stream, bytes });
    });
  }
}
