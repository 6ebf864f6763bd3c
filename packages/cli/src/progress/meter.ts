import type { Progress } from '@cairn/core';
import { progressLine } from './line.ts';

export interface MeterOptions {
  /** A clock that never goes back, in milliseconds. */
  readonly clock: () => number;
  readonly columns: () => number;
  /** Shows a line in place of the last one. */
  readonly draw: (line: string) => void;
}

/** At most ten lines a second, and none for work that is done before anybody could read one. */
const DRAW_INTERVAL_MS = 100;

/** The speed is the mean of about the last three seconds. */
const SPEED_WINDOW_MS = 3_000;

/** Nothing is said about speed before this much of the window is known. */
const SPEED_KNOWN_AFTER_MS = 500;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** Turns progress reports, however many, into a line that is drawn now and then. */
export function createMeter({ clock, columns, draw }: MeterOptions): (progress: Progress) => void {
  let drawnAt = clock();
  let phase: Progress['phase'] | null = null;
  let samples: Sample[] = [];
  return (progress) => {
    const at = clock();
    if (progress.phase !== phase) {
      phase = progress.phase;
      samples = [{ at, done: progress.done }];
    }
    if (at - drawnAt < DRAW_INTERVAL_MS) return;
    drawnAt = at;
    samples = [...samples, { at, done: progress.done }].filter(
      (sample, index, all) => index >= all.length - 2 || at - sample.at <= SPEED_WINDOW_MS,
    );
    draw(progressLine(progress, { speed: speedOf(samples), columns: columns() }));
  };
}

function speedOf(samples: readonly Sample[]): number | null {
  const first = samples[0]!;
  const last = samples.at(-1)!;
  const elapsedMs = last.at - first.at;
  if (elapsedMs < SPEED_KNOWN_AFTER_MS) return null;
  return Math.max(0, ((last.done - first.done) * 1000) / elapsedMs);
}
