import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';
import { AskedThread } from '../threads/asked-thread.ts';
import type { ToHasher } from './hashing-messages.ts';

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
  readonly #thread = new AskedThread<ToHasher, string>(import.meta.url, 'hashing-thread');
  #streams = 0;

  open(): StreamHash {
    this.#streams += 1;
    const stream = this.#streams;
    return {
      update: async (bytes) => {
        await this.#thread.ask({ stream, bytes });
      },
      digest: () => this.#thread.ask({ stream, bytes: null }),
    };
  }

  /** Whoever still waits is told that nothing comes any more. */
  stop(): Promise<void> {
    return this.#thread.stop(new StoreError('cancelled', 'hashing was cancelled'));
  }
}
