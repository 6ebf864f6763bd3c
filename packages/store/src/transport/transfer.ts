import type { Programs } from './programs.ts';
import { checkTransferUrl } from './remote-url.ts';

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
   * Bytes of one batch, which is what a cut connection costs at most; 256 MiB when left out, and 2 GiB on the same
   * machine. Each batch costs a connection, a second or so.
   */
  readonly batchSize?: number | undefined;
}

/** Bytes: half a minute at 8 MiB/s. */
const BATCH_SIZE = 256 * 1024 * 1024;
/** On the same machine there is no connection to break, only a process to be ended: as much as one pack of Cairn's. */
const LOCAL_BATCH_SIZE = 2 * 1024 * 1024 * 1024;

/** Bytes of one batch of a transfer. */
export function batchSizeOf({ url, batchSize }: Pick<TransferOptions, 'url' | 'batchSize'>): number {
  const { kind } = checkTransferUrl(url);
  return batchSize ?? (kind === 'path' || kind === 'file' ? LOCAL_BATCH_SIZE : BATCH_SIZE);
}
