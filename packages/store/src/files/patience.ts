import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError, translated } from '../errors.ts';

/** How long to wait for another process, and what ends the wait early. */
export interface Patience {
  /** Milliseconds; 0 tries once. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Between two attempts, milliseconds: short at first, as most locks are held for a moment, then steady. */
const PAUSE_FIRST_MS = 1;
const PAUSE_MAX_MS = 50;

/** Repeats an attempt until it gives something, or null once the time is over. Throws `cancelled`. */
export async function attemptUntil<T>(attempt: () => T | null, patience: Patience): Promise<T | null> {
  const left = countdown(patience);
  for (let pause = PAUSE_FIRST_MS; ; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
    if (patience.signal?.aborted) throw new StoreError('cancelled', 'waiting for a lock: cancelled');
    const result = attempt();
    if (result !== null) return result;
    const { timeoutMs } = left();
    if (timeoutMs <= 0) return null;
    // Spread out, so that processes that wait for the same thing do not all ask at once.
    await interruptibly(Math.min(pause * (0.5 + Math.random()), timeoutMs), patience.signal);
  }
}

/** Divides one patience over several waits: each call gives what is left of it. */
export function countdown(patience: Patience): () => Patience {
  const end = performance.now() + patience.timeoutMs;
  return () => ({ timeoutMs: Math.max(0, end - performance.now()), signal: patience.signal });
}

async function interruptibly(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw translated(error, 'waiting for a lock');
  }
}
