import type { MetricHistories } from '../../schema/metric-history.ts';
import type { OriginOptions } from '../origin.ts';
import type { RegisteredModel } from './registered-model.ts';
import type { LoggedModel, Run, RunSummary } from './run.ts';

/** Most runs that are looked at in one place; a year of a run every five minutes. */
export const RUNS_MAX = 100_000;

/** Most params, tags and metrics of one run; MLflow itself slows down long before. */
export const KEYS_MAX = 10_000;

/** Where a store is looked for, and what it may use. */
export type StoreOptions = Pick<
  OriginOptions,
  'uri' | 'workingFolder' | 'temporaryFolder' | 'variables' | 'signal' | 'onProgress'
>;

export interface RunsFound {
  /** The newest first. */
  readonly runs: readonly RunSummary[];
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Where MLflow keeps what it knows: a folder, a database or a server. Runs that were deleted are not in it. */
export interface RunStore extends AsyncDisposable {
  readonly kind: 'folder' | 'database' | 'server';
  /** The folder, the file or the address, as it may be shown: without user and password. */
  readonly place: string;
  /** All runs that are not deleted. `withMetrics` false leaves out what takes longest. */
  listRuns(options: { readonly withMetrics: boolean }): Promise<RunsFound>;
  /** All of a run; `null` when there is none. */
  readRun(id: string): Promise<Run | null>;
  /** A model by its own id; `null` when there is none. */
  readModel(id: string): Promise<LoggedModel | null>;
  readHistories(id: string): Promise<MetricHistories>;
  /** What is registered in MLflow's own registry. */
  listRegistered(): Promise<readonly RegisteredModel[]>;
  /** Where files are on this disk, brought here first where they are not. Throws `not-found` or `unsupported`. */
  locate(artifacts: Artifacts): Promise<Located>;
}

/** Files that MLflow names by a URI. */
export interface Artifacts {
  /** For messages, such as `the artifacts of the run bold-cat-12`. */
  readonly what: string;
  readonly uri: string;
  /** Where the file store would keep them, below the folder of all experiments, such as `1/models/m-…/artifacts`. */
  readonly usual: string | null;
  /** What is wanted of them, a path below; all when left out. */
  readonly path?: string;
}

export interface Located {
  /** A folder or, where a path was wanted, what stands there. */
  readonly path: string;
  /** Whether it lies outside of the folder that the store lies in, which the user may want to know. */
  readonly isOutside: boolean;
}
