import type { CairnErrorCode } from '../errors.ts';
import type { OpenJob } from './open-file-job.ts';
import type { ObjectToOpen } from './segment-opener.ts';

/** What an opening thread is started with. */
export interface OpenData {
  readonly gitDir: string;
  readonly segmentSize: number;
  /** Files of at least so many bytes are hashed and written on threads of their own. */
  readonly apartFrom: number;
}

/** A few files at a time, so that tiny ones do not cost a message each. */
export interface ToOpener {
  readonly jobs: readonly { readonly number: number; readonly job: OpenJob }[];
  /** What their bytes are in, by id. */
  readonly objects: Readonly<Record<string, ObjectToOpen>>;
}

/** An error as it crosses from one thread to another, where classes do not survive. */
export interface OpenFailure {
  readonly code: CairnErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export type FromOpener =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'file'; readonly number: number; readonly failure: OpenFailure | null }
  /** The batch is through; the next one can come. */
  | { readonly kind: 'idle' };
