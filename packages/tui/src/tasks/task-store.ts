import type { Progress, TaskOptions } from '@cairn/core';
import { describeFailure, isCancelled } from '../ui/failure.ts';
import { type Sample, speedOf, withSample } from './rate.ts';
import { isRunning, type Task, type TaskKind } from './task.ts';

export interface TaskWork<Result> {
  readonly kind: TaskKind;
  readonly subject: string;
  readonly run: (options: Required<TaskOptions>) => Promise<Result>;
  /** What to say of the result. */
  readonly outcome: (result: Result) => TaskOutcome;
}

export interface TaskOutcome {
  readonly lines: readonly string[];
  readonly hasProblems?: boolean;
}

export interface TaskClock {
  now(): Date;
  /** Milliseconds, on a clock that never goes back. */
  clock(): number;
}

/** The tasks of a session. They live here and not in screens, so that they go on while one browses. */
export interface TaskStore {
  /** Newest first; another array after every change. */
  snapshot(): readonly Task[];
  subscribe(changed: () => void): () => void;
  /** Begins a task. Resolves with its result, or `null` when it failed or was cancelled; it never rejects. */
  start<Result>(work: TaskWork<Result>): Promise<Result | null>;
  cancel(id: number): void;
  /** Forgets those that have ended. */
  clear(): void;
  /** Cancels all, and resolves when the last one has ended. */
  end(): Promise<void>;
}

/** At most ten times a second progress reaches the screen. */
const REPORT_INTERVAL_MS = 100;

/** Tasks that have ended and are still listed. */
const ENDED_MAX = 100;

/** @param ended called with each task when it has ended */
export function createTaskStore(clock: TaskClock, ended: (task: Task) => void): TaskStore {
  let tasks: readonly Task[] = [];
  let nextId = 1;
  const listeners = new Set<() => void>();
  const controllers = new Map<number, AbortController>();
  const running = new Set<Promise<unknown>>();
  const set = (next: readonly Task[]) => {
    tasks = next;
    for (const changed of listeners) changed();
  };
  const update = (id: number, change: Partial<Task>) =>
    set(tasks.map((task) => (task.id === id ? { ...task, ...change } : task)));

  const begin = (kind: TaskKind, subject: string): { id: number; signal: AbortSignal } => {
    const id = nextId++;
    const controller = new AbortController();
    controllers.set(id, controller);
    set([{ ...NEW_TASK, id, kind, subject, startedAt: clock.now() }, ...withoutOldest(tasks)]);
    return { id, signal: controller.signal };
  };

  const start: TaskStore['start'] = async ({ kind, subject, run, outcome }) => {
    const { id, signal } = begin(kind, subject);
    const onProgress = progressMeter(clock, (progress, speed) => update(id, { progress, speed }));
    try {
      const result = await run({ signal, onProgress });
      const { lines, hasProblems = false } = outcome(result);
      update(id, { state: 'done', outcome: lines, hasProblems, endedAt: clock.now() });
      return result;
    } catch (error) {
      const state = isCancelled(error) && signal.aborted ? 'cancelled' : 'failed';
      const failure = state === 'failed' ? describeFailure(error) : null;
      update(id, { state, failure, endedAt: clock.now() });
      return null;
    } finally {
      controllers.delete(id);
      ended(tasks.find((task) => task.id === id)!);
    }
  };

  const cancel = (id: number) => {
    if (!controllers.has(id)) return;
    update(id, { state: 'cancelling' });
    controllers.get(id)!.abort();
  };

  return {
    snapshot: () => tasks,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    start: (work) => {
      const promise = start(work).finally(() => running.delete(promise));
      running.add(promise);
      return promise;
    },
    cancel,
    clear: () => set(tasks.filter(isRunning)),
    end: async () => {
      for (const id of [...controllers.keys()]) cancel(id);
      await Promise.all(running);
    },
  };
}

const NEW_TASK = {
  state: 'running',
  progress: null,
  speed: null,
  endedAt: null,
  outcome: [],
  hasProblems: false,
  failure: null,
} as const;

function withoutOldest(tasks: readonly Task[]): Task[] {
  const ended = tasks.filter((task) => !isRunning(task)).slice(0, ENDED_MAX);
  return tasks.filter((task) => isRunning(task) || ended.includes(task));
}

/** Lets some of the reports through, with the speed; the first of a phase always. */
function progressMeter(
  { clock }: TaskClock,
  report: (progress: Progress, speed: number | null) => void,
): (progress: Progress) => void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  let phase: Progress['phase'] | null = null;
  let samples: readonly Sample[] = [];
  return (progress) => {
    const at = clock();
    if (progress.phase !== phase) {
      phase = progress.phase;
      samples = [];
      reportedAt = Number.NEGATIVE_INFINITY;
    }
    if (at - reportedAt < REPORT_INTERVAL_MS) return;
    reportedAt = at;
    samples = withSample(samples, { at, done: progress.done });
    report(progress, speedOf(samples));
  };
}
