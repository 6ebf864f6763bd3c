import { CairnError } from '../../errors.ts';
import type { VersionSource } from '../../schema/version.ts';
import type { Origin } from '../origin.ts';
import { frameworkOf, modelsBelow } from './ml-model.ts';
import { recordRun, type TakenModel } from './recorded-run.ts';
import type { RegisteredModel, RegisteredVersion } from './registered-model.ts';
import type { Run } from './run.ts';
import { detailsOf } from './run-details.ts';
import { locateModel, takeFiles } from './run-files.ts';
import type { RunStore } from './run-store.ts';

/** A version in MLflow's registry, among all that are registered: one may name another for its files. */
export interface Registered {
  readonly model: RegisteredModel;
  readonly version: RegisteredVersion;
  readonly all: readonly RegisteredModel[];
}

/** Versions that name one another for their files. */
const STEPS_MAX = 8;

/**
 * The files of a registered version, with what is known of the run that made them. Throws `not-found`, `unsupported`.
 */
export async function registeredOrigin(store: RunStore, registered: Registered): Promise<Origin> {
  const { model, version } = registered;
  const run = version.runId === null ? null : await store.readRun(version.runId);
  const { path, within } = await filesOf(store, registered, run);
  const models: TakenModel[] = [...modelsBelow(path)].map(([below, described]) => ({
    path: below,
    described,
  }));
  const told = run && detailsOf(run);
  const framework =
    models.map(({ described }) => described && frameworkOf(described)).find((name) => name) ?? null;
  const recorded = run
    ? recordRun({ store, run, path: within, models, notFinite: told!.notFinite })
    : ({ kind: 'mlflow-model', store: store.place } as VersionSource);
  return {
    sources: [{ path }],
    details: {
      ...told?.details,
      ...(version.description !== '' && { description: version.description }),
      ...(framework !== null && { framework }),
      labels: { ...told?.details.labels, ...labelsOf(version.tags) },
    },
    recorded: { ...recorded, registered: recordRegistered(model, version) },
    ...(run && { metricHistories: await store.readHistories(run.id) }),
    notes: told?.notes ?? [],
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Longest name and value of a label, as `version.json` and `model.json` have them. */
const LABEL_NAME_MAX = 200;
const LABEL_MAX = 10_000;

/** Tags of MLflow's registry as labels, without its own and those that are too long. */
export function labelsOf(tags: Readonly<Record<string, string>>): Record<string, string> {
  const fit = Object.entries(tags).filter(
    ([key, value]) =>
      key !== '' &&
      key !== '__proto__' &&
      !key.startsWith('mlflow.') &&
      key.length <= LABEL_NAME_MAX &&
      value.length <= LABEL_MAX,
  );
  return Object.fromEntries(fit);
}

function recordRegistered({ name, aliases }: RegisteredModel, version: RegisteredVersion): object {
  const own = Object.entries(aliases).flatMap(([alias, target]) =>
    target === version.version ? [alias] : [],
  );
  return {
    name,
    version: version.version,
    ...(version.stage !== null && { stage: version.stage }),
    ...(own.length > 0 && { aliases: own }),
    ...(version.user !== null && { user: version.user }),
    ...(version.createdAt !== null && { createdAt: version.createdAt }),
  };
}

interface FilesFound {
  readonly path: string;
  /** What they are among the files of their run; left out where that is not known. */
  readonly within: string | undefined;
}

async function filesOf(
  store: RunStore,
  { model, version, all }: Registered,
  run: Run | null,
): Promise<FilesFound> {
  const what = `the files of ${model.name} version ${version.version}`;
  const source = resolvedSource(version, all, what);
  const id = /^models:\/+(m-[0-9A-Za-z-]+)$/.exec(source)?.[1];
  if (id !== undefined) return loggedFiles(store, { id, what, version });
  const [, runId, path] = /^runs:\/+([^/]+)\/(.+)$/.exec(source) ?? [];
  const named = runId === undefined ? run : await store.readRun(runId);
  const within = path ?? (run?.artifactUri ? pathBelow(source, run.artifactUri) : undefined);
  if (named && within !== undefined) {
    const taken = await takeFiles(store, named, within);
    return { path: taken.sources[0]!.path, within };
  }
  const uri = version.storageLocation ?? source;
  return { path: (await store.locate({ what, uri, usual: usualPlace(uri) })).path, within: undefined };
}

/** Since MLflow 3 a version names a model of its own. */
async function loggedFiles(
  store: RunStore,
  { id, what, version }: { readonly id: string; readonly what: string; readonly version: RegisteredVersion },
): Promise<FilesFound> {
  const logged = await store.readModel(id);
  if (logged) return { path: (await locateModel(store, logged)).path, within: logged.name };
  const uri = version.storageLocation;
  if (uri === null)
    throw new CairnError('not-found', `${what} are those of the model ${id}, which is not there`);
  return { path: (await store.locate({ what, uri, usual: usualPlace(uri) })).path, within: undefined };
}

/** What a version names for its files, where that is another version what that one names. */
function resolvedSource(version: RegisteredVersion, all: readonly RegisteredModel[], what: string): string {
  let current = version;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const source = current.source ?? current.storageLocation ?? '';
    const [, name, number] = /^models:\/+([^/]+)\/(\d+)$/.exec(source) ?? [];
    if (name === undefined) {
      if (source !== '') return source;
      break;
    }
    const next = all.find((model) => model.name === name)?.versions.find((each) => each.version === number);
    if (!next) break;
    current = next;
  }
  throw new CairnError('not-found', `MLflow does not say where ${what} are`, {
    hint: 'look at it in MLflow itself',
  });
}

function pathBelow(uri: string, root: string): string | undefined {
  const folder = root.replace(/\/+$/, '');
  return uri.startsWith(`${folder}/`) ? uri.slice(folder.length + 1).replace(/\/+$/, '') : undefined;
}

/** Where the file store keeps it, below the folder of all experiments, as the old place tells. */
function usualPlace(uri: string): string | null {
  const below = /\/(?:mlruns|mlartifacts)\/(.+)$/.exec(uri)?.[1]?.replace(/\/+$/, '');
  return below?.split('/').every((part) => part !== '..' && part !== '.' && part !== '') ? below : null;
}
