import type { Data } from './data/data.ts';

/** What every row gets. */
export interface Bench {
  /** Where everything happens; removed at the end. */
  readonly folder: string;
  /** Bytes of the weights and of the random file. */
  readonly size: number;
  /** Timed runs of everything. */
  readonly runs: number;
  readonly data: Data;
  /** Tells whoever waits what is going on. */
  say(text: string): void;
  /** Keeps a remark that is printed under the table. */
  note(text: string): void;
}

/** The size for which the limits were set. */
export const FULL_SIZE = 1024 ** 3;

/** A count of the full benchmark, made smaller or larger as the size is. */
export function scaled({ size }: Pick<Bench, 'size'>, count: number): number {
  return Math.max(10, Math.round((count * size) / FULL_SIZE));
}
