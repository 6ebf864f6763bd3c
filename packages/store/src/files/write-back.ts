import { close, fdatasync, openSync } from 'node:fs';
import { platform } from 'node:process';

/** Bytes between two early flushes: often enough that the last has little left, seldom enough to stay cheap. */
const WRITE_BACK_EVERY = 16 * 1024 * 1024;

/** Less than this is on the disk before another thread gets to it. */
const FINISH_MIN = 4 * 1024 * 1024;

/**
 * Gets the disk going while a large file is still being written, so that the final fsync finds most of it done.
 *
 * Every flush has a descriptor of its own. Linux reports a failed write once to each open descriptor: on the
 * writer's own, an early flush would swallow the error that the final fsync must see. And a flush that is still
 * under way never keeps the writer from closing its file.
 */
export class WriteBack {
  readonly #path: string;
  #pending = 0;
  #flushing = false;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Counts what was written, and starts a flush when it is time and none is under way. True when it is time: a flush
   * that is through is noticed only once the caller gives way to other events.
   */
  wrote(count: number): boolean {
    this.#pending += count;
    if (this.#pending < WRITE_BACK_EVERY) return false;
    if (!this.#flushing) this.#flush();
    return true;
  }

  /** Starts a flush of what is left, for a writer that has something else to do before its fsync. */
  finish(): void {
    if (this.#pending >= FINISH_MIN && !this.#flushing) this.#flush();
  }

  /** Windows flushes only through a descriptor that may write, which a read-only file does not give twice. */
  #flush(): void {
    this.#pending = 0;
    const fd = platform === 'win32' ? null : openIfPossible(this.#path);
    if (fd === null) return;
    this.#flushing = true;
    fdatasync(fd, () => {
      this.#flushing = false;
      close(fd, () => {});
    });
  }
}

/** The flush only saves time: without a descriptor to spare there is none. */
function openIfPossible(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}
