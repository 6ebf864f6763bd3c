import type { ErrorMessage } from '../threads/thread.ts';
import type { FileJob } from './file-job.ts';

/** What an extracting thread is started with. */
export interface ExtractData {
  readonly gitDir: string;
  readonly checkObjects: boolean;
}

/** A few files at a time, so that tiny ones do not cost a message each. */
export interface ToExtractor {
  readonly jobs: readonly { readonly number: number; readonly job: FileJob }[];
}

export type FromExtractor =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'file'; readonly number: number; readonly error: ErrorMessage | null }
  /** The batch is through; the next one can come. */
  | { readonly kind: 'idle' };
