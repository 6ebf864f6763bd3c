import { median, type Sample } from '../measure/sample.ts';

/** One line of the table. */
export interface Line {
  readonly what: string;
  readonly measured: Sample;
  readonly comparedWith?: { readonly name: string; readonly sample: Sample };
  readonly limits?: Limits;
}

export interface Limits {
  /**
   * What they are about: the quantity itself; its share of what it is compared with; or how many times smaller it
   * is, which is the same turned round, and must not be less than the limit.
   */
  readonly judge: 'quantity' | 'share' | 'advantage';
  readonly reachFor?: number;
  readonly atLeast?: number;
}

export type Verdict = 'reached' | 'met' | 'missed' | 'not reached' | 'none';

/**
 * `reached` is what was reached for, `met` the least that is asked, `missed` neither. Where only something to reach
 * for is given, falling short of it is `not reached`.
 */
export function verdictOn({ limits, ...line }: Line): Verdict {
  const { reachFor, atLeast } = limits ?? {};
  if (limits === undefined) return 'none';
  const keeps = (limit: number) => {
    if (limits.judge === 'quantity') return median(line.measured) <= limit;
    return limits.judge === 'share' ? share(line)! <= limit : 1 / share(line)! >= limit;
  };
  if (reachFor !== undefined && keeps(reachFor)) return 'reached';
  if (atLeast !== undefined) return keeps(atLeast) ? 'met' : 'missed';
  return reachFor === undefined ? 'none' : 'not reached';
}

/** The quantity as a share of what it is compared with; `null` when it is compared with nothing. */
export function share({ measured, comparedWith }: Pick<Line, 'measured' | 'comparedWith'>): number | null {
  return comparedWith ? median(measured) / median(comparedWith.sample) : null;
}
