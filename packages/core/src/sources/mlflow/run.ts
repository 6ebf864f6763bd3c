import type { MetricPoint } from '../../schema/metric-history.ts';

/** How a run of MLflow stands. `unknown` for what no version of MLflow is known to write. */
export type RunState = 'running' | 'scheduled' | 'finished' | 'failed' | 'killed' | 'unknown';

/** A run as a list shows it. */
export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly experiment: { readonly id: string; readonly name: string };
  readonly state: RunState;
  readonly user: string | null;
  /** ISO 8601; `null` where the run does not say. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The last value of each metric; may be `NaN` or infinite. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Names of the models that it logged. */
  readonly models: readonly string[];
}

/** One value of a metric, as MLflow logged it. */
export type LoggedValue = MetricPoint;

/** A model of its own that a run has made: since MLflow 3 it lies beside the runs. */
export interface LoggedModel {
  /** `m-` and 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** Of its files; `null` where MLflow does not say. */
  readonly artifactUri: string | null;
  readonly experimentId: string;
  /** Whether MLflow says that all of it was written. */
  readonly isReady: boolean;
}

export interface DatasetUse {
  readonly name: string;
  readonly digest: string;
}

/** All of a run but its files and how its metrics went. */
export interface Run extends RunSummary {
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Of its files; `null` where MLflow does not say. */
  readonly artifactUri: string | null;
  readonly entryPoint: string | null;
  /** What was run, as old versions of MLflow have it beside the tags. */
  readonly sourceName: string | null;
  readonly sourceVersion: string | null;
  readonly loggedModels: readonly LoggedModel[];
  readonly datasets: readonly DatasetUse[];
}

/** Which of two values of a metric is the last: the one of the later step, then time, then the greater, as MLflow has it. */
export function isLater(value: LoggedValue, than: LoggedValue): boolean {
  if (value.step !== than.step) return value.step > than.step;
  if (value.time !== than.time) return value.time > than.time;
  return value.value > than.value || Number.isNaN(than.value);
}

const STATES: Readonly<Record<string, RunState>> = {
  RUNNING: 'running',
  SCHEDULED: 'scheduled',
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'killed',
  // As the file store has them.
  1: 'running',
  2: 'scheduled',
  3: 'finished',
  4: 'failed',
  5: 'killed',
};

/** The state that MLflow writes as a word or as a number. */
export function runState(text: string | null): RunState {
  return text !== null && Object.hasOwn(STATES, text) ? STATES[text]! : 'unknown';
}

/** Latest moment that a date can hold, milliseconds. */
const TIME_MAX = 8.64e15;

/** A moment in milliseconds as ISO 8601; `null` for what is none. MLflow writes 0 for a run that has not ended. */
export function moment(milliseconds: number | null): string | null {
  if (milliseconds === null || !(milliseconds > 0 && milliseconds <= TIME_MAX)) return null;
  return new Date(milliseconds).toISOString();
}

/** The newest first; runs that do not say when they began last. */
export function newestFirst<R extends Pick<RunSummary, 'startedAt' | 'id'>>(runs: readonly R[]): R[] {
  const key = ({ startedAt }: R) => startedAt ?? '';
  return [...runs].sort((a, b) => (key(a) === key(b) ? (a.id < b.id ? -1 : 1) : key(a) < key(b) ? 1 : -1));
}
