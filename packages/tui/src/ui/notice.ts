import type { Failure } from './failure.ts';

/** What was said last. */
export interface Notice {
  readonly level: 'info' | 'good' | 'bad';
  readonly text: string;
  /** Set for an error, which can be read in full. */
  readonly failure?: Failure;
}
