import type { Programs } from './programs.ts';

/** How far a transfer has come. */
export interface TransferProgress {
  readonly phase: 'negotiating' | 'sending' | 'receiving' | 'checking';
  /** Objects. */
  readonly done: number;
  /** Objects in all; null while that is not known. */
  readonly total: number | null;
  /** Bytes that went over the wire so far. */
  readonly bytes: number;
  /** Bytes in all; null where that is not known. */
  readonly bytesTotal: number | null;
}

/** What every transfer takes. */
export interface TransferOptions {
  /** As {@link checkRemoteUrl} accepts it, without a placeholder. */
  readonly url: string;
  readonly programs: Programs;
  /** Ends the transfer with the error `cancelled`; batches that arrived stay. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /**
   * Bytes of one batch, which is what a cut connection costs at most; 256 MiB when left out. Each batch costs a
   * connection, a second or so.
   */
  readonly batchSize?: number | undefined;
}

/** Bytes: half a minute at 8 MiB/s. */
export const BATCH_SIZE = 256 * 1024 * 1024;
