import type { VersionSource } from '../../schema/version.ts';
import type { MlModel } from './ml-model.ts';
import type { Run } from './run.ts';
import type { RunStore } from './run-store.ts';

/** A model among the files that were taken. */
export interface TakenModel {
  /** The folder of the version that it stands in; '' for its root. */
  readonly path: string;
  /** What MLflow calls it, where it says. */
  readonly name?: string;
  /** Its id in MLflow 3. */
  readonly id?: string;
  readonly described: MlModel | null;
}

export interface RunRecord {
  readonly store: RunStore;
  readonly run: Run;
  /** What was taken of its files; all of them when left out. */
  readonly path: string | undefined;
  readonly models: readonly TakenModel[];
  readonly notFinite: Readonly<Record<string, string>>;
}

/** Longest text that is recorded, characters: a command line, a name. */
const TEXT_MAX = 2_000;

/** What `version.json` remembers of a run under `sources`. `docs/mlflow.md` explains the fields. */
export function recordRun({ store, run, path, models, notFinite }: RunRecord): VersionSource {
  const { id, name, experiment, state, user, startedAt, endedAt, datasets } = run;
  return filled({
    kind: 'mlflow-run',
    store: store.place,
    run: id,
    name,
    experiment: filled({ id: experiment.id, name: experiment.name }),
    path,
    state,
    user: user ?? run.tags['mlflow.user'],
    startedAt,
    endedAt,
    entryPoint: run.entryPoint,
    code: codeOf(run),
    parentRun: run.tags['mlflow.parentRunId'],
    datasets: datasets.map((dataset) => filled({ ...dataset })),
    models: models.map(recordModel),
    notFinite,
  }) as VersionSource;
}

/** The program that ran, and where it stood in Git. */
function codeOf({ tags, sourceName, sourceVersion }: Run): object {
  return filled({
    name: tags['mlflow.source.name'] ?? sourceName,
    type: tags['mlflow.source.type'],
    commit: tags['mlflow.source.git.commit'] ?? sourceVersion,
    branch: tags['mlflow.source.git.branch'],
    repository: tags['mlflow.source.git.repoURL'],
  });
}

function recordModel({ path, name, id, described }: TakenModel): object {
  const { flavors, signature, mlflowVersion, pythonVersion, createdAt } = described ?? {};
  return filled({
    path: path === '' ? '.' : path,
    name,
    id,
    flavors,
    signature,
    mlflowVersion,
    pythonVersion,
    createdAt,
  });
}

/** Without what is empty, and with texts that are not too long. */
function filled(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const present = Object.entries(fields).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(
    present.map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, TEXT_MAX) : value]),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
