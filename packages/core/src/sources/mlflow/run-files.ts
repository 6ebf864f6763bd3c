import { statSync } from 'node:fs';
import { CairnError } from '../../errors.ts';
import { filePathProblem } from '../../file-path.ts';
import type { Source } from '../walk.ts';
import { modelsBelow } from './ml-model.ts';
import type { TakenModel } from './recorded-run.ts';
import type { LoggedModel, Run } from './run.ts';
import type { Located, RunStore } from './run-store.ts';

/** The files of a run on this disk, and the models among them. */
export interface TakenFiles {
  readonly sources: readonly Source[];
  readonly models: readonly TakenModel[];
  readonly notes: readonly string[];
}

/**
 * Finds the files of a run: its artifacts at the root, and each model that it logged in a folder of its name, where
 * `runs:/<id>/<name>` finds it too. With a path, what stands there in that layout. Throws `not-found`.
 */
export async function takeFiles(store: RunStore, run: Run, path: string | undefined): Promise<TakenFiles> {
  const models = withFolders(run.loggedModels);
  return path === undefined ? takeAll(store, run, models) : takePath(store, run, { path, models });
}

interface ModelPlace {
  readonly model: LoggedModel;
  /** The folder of the version that it goes to. */
  readonly into: string;
}

/** A second model of one name gets its id behind the name. */
function withFolders(models: readonly LoggedModel[]): ModelPlace[] {
  const taken = new Set<string>();
  return models.map((model) => {
    const name = folderName(model.name);
    const into = taken.has(name.toLowerCase()) ? `${name}-${model.id}` : name;
    taken.add(into.toLowerCase());
    return { model, into };
  });
}

/** MLflow allows nearly anything in the name of a model, and slashes do not make folders there. */
function folderName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._ -]+/g, '_').replace(/^[. ]+|[. ]+$/g, '');
  return safe === '' || filePathProblem(safe) !== null ? `model-${safe}` : safe;
}

async function takeAll(store: RunStore, run: Run, models: readonly ModelPlace[]): Promise<TakenFiles> {
  const notes: string[] = [];
  const taken: (Source & { readonly model?: ModelPlace })[] = [];
  for (const place of models) {
    if (place.model.isReady) {
      const { path } = noted(notes, await locateModel(store, place.model));
      taken.push({ path, into: place.into, model: place });
    } else notes.push(`the model ${place.model.name} was not logged to its end, and is left out`);
  }
  const artifacts = await artifactsOf(store, run, taken.length > 0);
  if (artifacts) taken.unshift({ path: noted(notes, artifacts).path });
  if (taken.length === 0) throw withoutFiles(run);
  return {
    sources: taken.map(({ path, into }) => ({ path, ...(into !== undefined && { into }) })),
    models: taken.flatMap(({ path, model }) => modelsAt(path, model)),
    notes: [...new Set(notes)],
  };
}

interface PathOfRun {
  readonly path: string;
  readonly models: readonly ModelPlace[];
}

/** The contents of the folder at a path go to the root of the version, as with any folder; a file under its own name. */
async function takePath(store: RunStore, run: Run, { path, models }: PathOfRun): Promise<TakenFiles> {
  const place = models.find(({ into }) => path === into || path.startsWith(`${into}/`));
  const inside = place ? path.slice(place.into.length + 1) : path;
  const notes: string[] = [];
  const located = place
    ? await locateModel(store, place.model, inside)
    : await store.locate({ ...artifactsRef(run), path: inside });
  const found = noted(notes, located).path;
  const isWhole = place !== undefined && inside === '';
  return {
    sources: [{ path: found }],
    models: modelsAt(found, isWhole ? { model: place.model, into: '' } : undefined),
    notes,
  };
}

/** The files of a model that a run has logged. Throws `not-found`. */
export function locateModel(store: RunStore, model: LoggedModel, path = ''): Promise<Located> {
  if (model.artifactUri === null) throw withoutPlace(`the model ${model.name}`);
  return store.locate({
    what: `the files of the model ${model.name} (${model.id})`,
    uri: model.artifactUri,
    usual: usualPlace([model.experimentId, 'models', model.id, 'artifacts']),
    ...(path !== '' && { path }),
  });
}

/** Since MLflow 3 a run that has logged models alone has no folder for its artifacts, in some stores. */
async function artifactsOf(store: RunStore, run: Run, mayLack: boolean): Promise<Located | null> {
  try {
    return await store.locate(artifactsRef(run));
  } catch (error) {
    if (mayLack && error instanceof CairnError && error.code === 'not-found') return null;
    throw error;
  }
}

function artifactsRef(run: Run) {
  if (run.artifactUri === null) throw withoutPlace(`the run ${run.id}`);
  return {
    what: `the artifacts of the run ${run.name || run.id}`,
    uri: run.artifactUri,
    usual: usualPlace([run.experiment.id, run.id, 'artifacts']),
  };
}

/** `null` when an id is not as MLflow makes them, and could lead anywhere. */
function usualPlace(names: readonly string[]): string | null {
  return names.every((name) => /^[A-Za-z0-9_-]+$/.test(name)) ? names.join('/') : null;
}

function modelsAt(path: string, place: ModelPlace | undefined): TakenModel[] {
  if (!statSync(path).isDirectory()) return [];
  const prefix = place?.into ?? '';
  return [...modelsBelow(path)].map(([below, described]) => ({
    path: [prefix, below].filter((part) => part !== '').join('/'),
    ...(below === '' && place && { name: place.model.name, id: place.model.id }),
    described,
  }));
}

function noted(notes: string[], located: Located): Located {
  if (located.isOutside) notes.push(`files are taken from ${located.path}, outside of the place of its runs`);
  return located;
}

function withoutPlace(what: string): CairnError {
  return new CairnError('damaged', `MLflow does not say where the files of ${what} are`, {
    hint: 'look at it in MLflow itself',
  });
}

function withoutFiles(run: Run): CairnError {
  return new CairnError('not-found', `the run ${run.name || run.id} has logged no files`, {
    hint: 'a version needs a file at least',
  });
}
