import { setImmediate } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { AskedThread } from '../threads/asked-thread.ts';
import type { ToWriter } from './writing-messages.ts';
import { type WritePlace, WrittenFile } from './written-file.ts';

/** A file whose bytes come one after the other. All methods throw a `StoreError`; close it in any case. */
export interface FileWriting {
  /** The bytes must stay as they are until the promise is kept; it need not be waited for before the next call. */
  write(bytes: Uint8Array): Promise<void>;
  /** Forces it to the disk, unless it is small. */
  force(): Promise<void>;
  close(): Promise<void>;
}

export async function inlineWriting(place: WritePlace): Promise<FileWriting> {
  const file = new WrittenFile(place);
  return {
    write: async (bytes) => {
      if (file.write(bytes)) await setImmediate();
    },
    force: async () => file.force(),
    close: async () => file.close(),
  };
}

/** A thread that writes any number of files, from memory that it shares with whoever fills it. */
export class WritingThread {
  readonly #thread = new AskedThread<ToWriter, void>(import.meta.url, 'writing-thread');
  #files = 0;

  async open(place: WritePlace): Promise<FileWriting> {
    this.#files += 1;
    const file = this.#files;
    await this.#thread.ask({ kind: 'open', file, place });
    return {
      write: (bytes) => this.#thread.ask({ kind: 'write', file, bytes }),
      force: () => this.#thread.ask({ kind: 'force', file }),
      close: () => this.#thread.ask({ kind: 'close', file }),
    };
  }

  /** Whoever still waits is told that nothing comes any more. */
  stop(): Promise<void> {
    return this.#thread.stop(new StoreError('cancelled', 'writing was cancelled'));
  }
}
