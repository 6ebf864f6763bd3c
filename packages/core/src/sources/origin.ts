import type { Environment } from '../environment.ts';
import { atBorder } from '../errors.ts';
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

/**
 * Finds what a text names: `mlflow:<run>[/path]`, `bentoml:<name>[:version]`, or a path whose content says what it is.
 * Nothing of it is executed or unpickled. Dispose of it after the version was made. Throws `not-found` for what is not
 * there, `invalid` for a name that several have, `unsupported` for a store that cannot be read.
 */
export function openOrigin(text: string, options: OriginOptions): Promise<Origin> {
  return atBorder(async () => placed(await opened(text, options), options.into));
}

async function opened(text: string, options: OriginOptions): Promise<Origin> {
  const [prefix, rest] = splitPrefix(text);
  switch (prefix) {
    case 'mlflow':
      return (await import('./mlflow/mlflow-origin.ts')).openMlflowOrigin(rest, options);
    case 'bentoml':
      return (await import('./bentoml/bentoml-origin.ts')).openBentomlOrigin(rest, options);
    default:
      return (await import('./path-origin.ts')).openPathOrigin(text, options);
  }
}

/** The kind of origin that a text names, and what stands after it; `null` for a path. */
function splitPrefix(text: string): [prefix: 'mlflow' | 'bentoml' | null, rest: string] {
  const match = /^(mlflow|bentoml):/.exec(text);
  if (!match) return [null, text];
  return [match[1] as 'mlflow' | 'bentoml', text.slice(match[0].length)];
}

/** The same with all files in a folder of the version. */
function placed(origin: Origin, into: string | undefined): Origin {
  if (into === undefined || into === '' || into === '.') return origin;
  const inside = (folder: string | undefined) => (folder ? `${into}/${folder}` : into);
  return {
    ...origin,
    sources: origin.sources.map((source) => ({ ...source, into: inside(source.into) })),
    recorded: { ...origin.recorded, into },
    [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose](),
  };
}
