import { CairnError } from './errors.ts';

export type Phase =
  | 'scanning'
  | 'unpacking'
  | 'storing'
  | 'writing'
  | 'packing'
  | 'verifying'
  | 'collecting'
  | 'fetching'
  | 'sending';

/** How far an operation has come. Totals are 0 while they are not known. */
export interface Progress {
  readonly phase: Phase;
  /** Bytes done. */
  readonly done: number;
  /** Bytes in all. */
  readonly total: number;
  readonly files: { readonly done: number; readonly total: number };
}

/** What every long operation takes. */
export interface TaskOptions {
  /** Ends the operation early with the error `cancelled`; nothing half-done stays. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What a part of an operation is told of the whole: how to end, and whom to tell. */
export function taskOf({ signal, onProgress }: TaskOptions): TaskOptions {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}

/** Throws `cancelled` once the signal has fired, whatever reason it was given. */
export function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CairnError('cancelled', 'cancelled', { cause: signal.reason });
}
