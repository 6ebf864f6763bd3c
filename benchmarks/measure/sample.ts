export type Unit = 'seconds' | 'bytes';

/** One quantity, measured some times. */
export interface Sample {
  readonly unit: Unit;
  /** In the order in which they were measured; at least one. */
  readonly values: readonly number[];
}

export function seconds(...values: number[]): Sample {
  return { unit: 'seconds', values };
}

export function bytes(...values: number[]): Sample {
  return { unit: 'bytes', values };
}

/** The middle value, or the mean of the two in the middle. */
export function median({ values }: Sample): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
