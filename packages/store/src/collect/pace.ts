import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../errors.ts';

/** How far a collection is. */
export type CollectionProgress =
  /** Objects looked at, of all that the repository has. */
  | { readonly phase: 'marking'; readonly done: number; readonly total: number }
  /** Bytes of packs dropped or written anew, of those to be. */
  | { readonly phase: 'removing'; readonly done: number; readonly total: number };

export interface PaceOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CollectionProgress) => void) | undefined;
}

/** Objects between two pauses: some milliseconds of work. */
const STEPS_PER_TURN = 256;

/** Reports how far the work is, gives the thread's other work its turn, and stops when the caller says so. */
export class Pace {
  readonly #options: PaceOptions;
  #steps = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Called once for each small piece of work; pauses now and then. */
  async step(progress: () => CollectionProgress): Promise<void> {
    if (++this.#steps % STEPS_PER_TURN === 0) await this.pause(progress());
  }

  /** Called after a larger piece of work. Throws `cancelled`. */
  async pause(progress: CollectionProgress): Promise<void> {
    this.#options.onProgress?.(progress);
    await nextTurn();
    this.check();
  }

  check(): void {
    if (this.#options.signal?.aborted) throw new StoreError('cancelled', 'collecting garbage was cancelled');
  }
}
