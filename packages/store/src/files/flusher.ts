import { fdatasync } from 'node:fs';

/** Bytes between two early flushes: often enough that the last has little left, seldom enough to stay cheap. */
const FLUSH_EVERY = 64 * 1024 * 1024;

/**
 * Gets the disk going while a large file is still being written, so that the final fsync finds most of it
 * done. At most one flush is under way; errors are left for that fsync to report.
 */
export class Flusher {
  readonly #fd: number;
  #pending = 0;
  #flushing: Promise<void> | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Counts what was written; the promise holds back a writer that is two flushes ahead of the disk. */
  wrote(count: number): Promise<void> | undefined {
    this.#pending += count;
    if (this.#pending < FLUSH_EVERY) return undefined;
    this.#pending = 0;
    const previous = this.#flushing;
    this.#flushing = (previous ?? Promise.resolve()).then(() => flushed(this.#fd));
    return previous;
  }

  /** Settles once no flush is under way, and the descriptor may be closed. */
  async idle(): Promise<void> {
    await this.#flushing;
  }
}

function flushed(fd: number): Promise<void> {
  return new Promise((resolve) => {
    fdatasync(fd, () => resolve());
  });
}
