import { parseProgressLine } from './progress-lines.ts';
import type { TransferOptions, TransferProgress } from './transfer.ts';

/** What a transfer of several batches is to move in all, where that is known. */
export interface Expected {
  readonly objects: number | null;
  readonly bytes: number | null;
}

/** Makes one bar of what several runs of Git say, one after the other. Bytes never go back. */
export class ProgressMeter {
  readonly #report: TransferOptions['onProgress'];
  readonly #expected: Expected;
  /** Of the batches before. */
  #objects = 0;
  #bytes = 0;
  #latest: TransferProgress | null = null;

  constructor(report: TransferOptions['onProgress'], expected: Expected = { objects: null, bytes: null }) {
    this.#report = report;
    this.#expected = expected;
  }

  /** For `onLine` of a run of Git. */
  readonly line = (text: string): void => {
    const step = parseProgressLine(text);
    if (step === null || this.#report === undefined) return;
    const moves = step.phase === 'sending' || step.phase === 'receiving';
    const counts = moves && this.#expected.objects !== null;
    this.#latest = {
      phase: step.phase,
      done: counts ? this.#objects + step.done : step.done,
      total: counts ? this.#expected.objects : step.total,
      bytes: Math.max(this.#latest?.bytes ?? 0, this.#bytes + (step.bytes ?? 0)),
      bytesTotal: this.#expected.bytes,
    };
    this.#report(this.#latest);
  };

  /** A batch has arrived. */
  add(objects: number, bytes: number): void {
    this.#objects += objects;
    this.#bytes += bytes;
  }
}
