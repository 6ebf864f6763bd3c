import type { CairnErrorCode } from '../../../errors.ts';
import type { MetricHistories } from '../../../schema/metric-history.ts';
import type { RegisteredModel } from '../registered-model.ts';
import type { LoggedModel, Run } from '../run.ts';
import type { RunsFound } from '../run-store.ts';

/** What the thread is started with. */
export interface DatabaseData {
  readonly path: string;
  /** An existing folder for a copy, where the database cannot be read in its place without writing beside it. */
  readonly temporaryFolder: string;
}

/** What the thread that reads a database can be asked, with what it answers. */
export interface Answers {
  readonly runs: RunsFound;
  readonly run: Run | null;
  readonly model: LoggedModel | null;
  readonly histories: MetricHistories;
  readonly registered: readonly RegisteredModel[];
}

export type Question =
  | { readonly kind: 'runs'; readonly withMetrics: boolean }
  | { readonly kind: 'run' | 'model' | 'histories'; readonly id: string }
  | { readonly kind: 'registered' };

export interface ToDatabase {
  readonly number: number;
  readonly question: Question;
}

/** An error as it crosses from one thread to another, where classes do not survive. */
export interface DatabaseFailure {
  readonly code: CairnErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export type FromDatabase =
  | { readonly number: number; readonly answer: Answers[keyof Answers] }
  | { readonly number: number; readonly failure: DatabaseFailure };
