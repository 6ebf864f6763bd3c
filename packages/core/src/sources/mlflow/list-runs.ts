import { tmpdir } from 'node:os';
import { atBorder } from '../../errors.ts';
import type { TaskOptions } from '../../progress.ts';
import type { RunSummary } from './run.ts';

export interface ListRunsOptions extends TaskOptions {
  /** A folder `mlruns`, a database `mlflow.db` or a tracking server; looked for as `openOrigin` does when left out. */
  readonly uri?: string;
  readonly workingFolder: string;
  /** The environment variables that MLflow itself would see. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface RunListing {
  /** The folder, the database or the address, as it may be shown. */
  readonly place: string;
  readonly kind: 'folder' | 'database' | 'server';
  /** The newest first; deleted ones are left out. */
  readonly runs: readonly RunSummary[];
  /** What could not be read, such as a run that was half-written; one sentence each. */
  readonly problems: readonly string[];
}

/** The runs that MLflow knows. Reads no artifacts, and changes nothing. Throws as `openOrigin` does. */
export function listRuns(options: ListRunsOptions): Promise<RunListing> {
  return atBorder(async () => {
    const { openRunStore } = await import('./open-store.ts');
    const store = await openRunStore({ ...options, temporaryFolder: tmpdir() });
    try {
      const { runs, problems } = await store.listRuns({ withMetrics: true });
      return { place: store.place, kind: store.kind, runs, problems };
    } finally {
      await store[Symbol.asyncDispose]();
    }
  });
}
