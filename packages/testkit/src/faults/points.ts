import { pseudoRandomBytes } from '../model-files/pseudo-random.ts';
import type { Strike, TracedCall } from './fault.ts';

export interface PointOptions {
  /** How many points are tried at most. */
  readonly max: number;
  /** Another seed chooses others when there are more. */
  readonly seed: string;
}

/**
 * Every point at which a process can be killed, from the trace of a run that was left alone: before and after each
 * call, and in the middle of each write. When there are more than `max`, as many spread evenly over the run, each
 * taken at random from its stretch.
 */
export function killPoints(trace: readonly TracedCall[], options: PointOptions): Strike[] {
  const points = trace.flatMap(({ isWrite }, index): Strike[] => {
    const at = { call: index + 1, how: 'kill' } as const;
    const moments = isWrite ? (['before', 'half', 'after'] as const) : (['before', 'after'] as const);
    return moments.map((moment) => ({ ...at, moment }));
  });
  return spread(points, options);
}

/** The same for a disk that is full from a call on, and for one that fails once. */
export function diskFaults(trace: readonly TracedCall[], options: PointOptions): Strike[] {
  const points = trace.flatMap(({ isWrite }, index): Strike[] => {
    const call = index + 1;
    const full: Strike = { call, how: 'ENOSPC', moment: isWrite ? 'half' : 'before', lasting: true };
    return [full, { call, how: 'EIO', moment: 'before' }];
  });
  return spread(points, options);
}

function spread<T>(points: readonly T[], { max, seed }: PointOptions): T[] {
  if (points.length <= max) return [...points];
  const random = pseudoRandomBytes(seed, max * 4);
  return Array.from({ length: max }, (_, index) => {
    const from = Math.floor((index * points.length) / max);
    const to = Math.floor(((index + 1) * points.length) / max);
    return points[from + (random.readUInt32LE(index * 4) % (to - from))]!;
  });
}
