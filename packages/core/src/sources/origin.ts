import type { Environment } from '../environment.ts';
import type { TaskOptions } from '../progress.ts';
import type { MetricHistories } from '../schema/metric-history.ts';
import type { VersionSource, VersionType } from '../schema/version.ts';
import type { Source } from './walk.ts';

/** What files come from when they are not a folder: resolved to paths on disk, and to what is known of them. */
export interface Origin extends AsyncDisposable {
  /** What is walked for files, on disk. It stays there until the origin is disposed of. */
  readonly sources: readonly Source[];
  readonly details: OriginDetails;
  /** What kind of version its files make, unless the maker says otherwise; `plaintext` when left out. */
  readonly type?: VersionType;
  /**
   * What `version.json` remembers of it under `sources`; number and bytes of its files are added. `kind` is
   * `mlflow-run`, `bento-model`, `bento`, `hugging-face` or `archive`.
   */
  readonly recorded: VersionSource;
  /** Kept beside `version.json`, so that charts can show training curves. */
  readonly metricHistories?: MetricHistories;
  /** What the user should know: such as what was there and could not be taken. One sentence each, lower-case. */
  readonly notes?: readonly string[];
}

/** What is said of a version unless its maker says otherwise. Of several origins the first to say something counts. */
export interface OriginDetails {
  readonly description?: string;
  /** Such as `pytorch`. */
  readonly framework?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Markdown, for a model that has no card of its own yet. */
  readonly card?: string;
}

export interface OriginOptions extends TaskOptions {
  /** Where MLflow keeps its runs: a folder `mlruns`, a database `mlflow.db` or a server; looked for when left out. */
  readonly uri?: string;
  /** BentoML's own folder; looked for when left out. */
  readonly home?: string;
  /** Folder inside the version for all of its files, `/`-separated; the root when left out. */
  readonly into?: string;
  /** Where things are looked for, and what relative paths begin at. */
  readonly workingFolder: string;
  /** An existing folder for what has to be fetched or unpacked first; the origin makes folders of its own in it. */
  readonly temporaryFolder: string;
  /** The environment variables that the tools themselves would see, such as `MLFLOW_TRACKING_URI`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly environment: Environment;
}
