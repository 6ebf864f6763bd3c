import type { Progress } from '@cairn/core';
import type { Failure } from '../ui/failure.ts';

export type TaskKind = 'add' | 'verify' | 'get' | 'delete' | 'push' | 'pull' | 'fetch' | 'build';

export type TaskState = 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';

/** Work that goes on beside the screens. */
export interface Task {
  readonly id: number;
  readonly kind: TaskKind;
  /** What it is about, such as `stockpred@v3`. */
  readonly subject: string;
  readonly state: TaskState;
  readonly progress: Progress | null;
  /** Bytes a second; `null` while it is not known. */
  readonly speed: number | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** What came out of it, for the eye: its first line says it all. */
  readonly outcome: readonly string[];
  /** Whether it found something wrong, though it came to its end. */
  readonly hasProblems: boolean;
  readonly failure: Failure | null;
}

export function isRunning({ state }: Task): boolean {
  return state === 'running' || state === 'cancelling';
}

const VERBS: Readonly<Record<TaskKind, readonly [doing: string, done: string]>> = {
  add: ['adding', 'added'],
  verify: ['verifying', 'verified'],
  get: ['taking out', 'took out'],
  delete: ['deleting', 'deleted'],
  push: ['pushing', 'pushed'],
  pull: ['pulling', 'pulled'],
  fetch: ['fetching', 'fetched'],
  build: ['building', 'built'],
};

/** `adding stockpred@v3`, `added stockpred@v3`. */
export function taskTitle({ kind, subject, state }: Task): string {
  const [doing, done] = VERBS[kind];
  return `${state === 'done' ? done : doing} ${subject}`;
}
