import type { Bench } from '../bench.ts';
import type { Line } from '../report/line.ts';

/** One thing that is measured. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  measure(bench: Bench): Promise<Line[]>;
}
