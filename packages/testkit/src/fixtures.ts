import { join } from 'node:path';

/** Stores that tools wrote; `fixtures/README.md` says which, and what each holds. */
export type RecordedStore =
  | 'bentoml'
  | 'mlflow-2-file'
  | 'mlflow-2-server'
  | 'mlflow-2-sqlite'
  | 'mlflow-3-file'
  | 'mlflow-3-server'
  | 'mlflow-3-sqlite';

/** The folder of a recorded store. It is read only: a test that changes one copies it first. */
export function recordedStore(name: RecordedStore): string {
  return join(import.meta.dirname, '..', 'fixtures', name);
}
