/** How far a task had come at a moment. */
export interface Sample {
  /** Milliseconds, on a clock that never goes back. */
  readonly at: number;
  /** Bytes. */
  readonly done: number;
}

/** The speed is the mean of about the last three seconds. */
const WINDOW_MS = 3_000;

/** Nothing is said about speed before this much of the window is known. */
const KNOWN_AFTER_MS = 500;

/** The samples with a new one; those that no longer count are left out. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples, sample].filter(
    ({ at }, index, all) => index >= all.length - 2 || sample.at - at <= WINDOW_MS,
  );
}

/** Bytes a second; `null` while it is not known. */
export function speedOf(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < KNOWN_AFTER_MS) return null;
  return Math.max(0, ((last.done - first.done) * 1000) / (last.at - first.at));
}
