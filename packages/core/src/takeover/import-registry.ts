import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setAlias } from '../aliases/move.ts';
import { asCairnError, atBorder, type CairnError } from '../errors.ts';
import { createModel } from '../models/create.ts';
import { editModel } from '../models/edit.ts';
import { showModel } from '../models/show.ts';
import { openUnpackFolder } from '../packages/unpack-folder.ts';
import { checkCancelled, type TaskOptions, taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { ListRunsOptions } from '../sources/mlflow/list-runs.ts';
import type { RegisteredModel } from '../sources/mlflow/registered-model.ts';
import type { RunStore } from '../sources/mlflow/run-store.ts';
import { createVersion } from '../versions/create.ts';
import { type PlannedAlias, type PlannedModel, type PlannedVersion, planTakeover } from './registry-plan.ts';

export interface ImportRegistryOptions extends ListRunsOptions {
  /** Says what would be done, and changes nothing. */
  readonly dryRun?: boolean;
  /** Told of every version once it is known what became of it. */
  readonly onVersion?: (model: string, version: ImportedVersion) => void;
}

/** What became of a version of MLflow's registry. */
export interface ImportedVersion {
  /** Its number there. */
  readonly registered: string;
  /** Its name here. */
  readonly version: string;
  /**
   * `added`; `planned` in a dry run; `there` when it was taken over before; `left-out` when MLflow has not written it to
   * its end, or when something else has its name; `failed`.
   */
  readonly outcome: 'added' | 'planned' | 'there' | 'left-out' | 'failed';
  /** Why it was left out, or failed. */
  readonly problem?: CairnError | string;
  /** What the user should know of it. */
  readonly notes: readonly string[];
}

/** What became of an alias, or of a stage: those that stand for something else here stay as they are. */
export interface ImportedAlias {
  readonly registered: string;
  readonly alias: string;
  readonly version: string;
  readonly outcome: 'set' | 'planned' | 'there' | 'kept' | 'failed';
  readonly problem?: CairnError | string;
}

export interface ImportedModel {
  /** Its name there. */
  readonly registered: string;
  /** Its name here: the same, or as close as the grammar of names allows. */
  readonly model: string;
  readonly outcome: 'made' | 'planned' | 'there';
  readonly versions: readonly ImportedVersion[];
  readonly aliases: readonly ImportedAlias[];
}

export interface RegistryImport {
  /** Where MLflow keeps its registry, as it may be shown. */
  readonly place: string;
  readonly models: readonly ImportedModel[];
}

/**
 * Takes over MLflow's own registry: models with their descriptions and tags, versions with their files and what is
 * known of their runs, aliases and stages. What is there already stays as it is, so that a takeover that was cut short
 * goes on where it was. A version that cannot be taken over does not keep the others back.
 */
export function importMlflowRegistry(
  registry: Registry,
  options: ImportRegistryOptions,
): Promise<RegistryImport> {
  return atBorder(async () => {
    const { openRunStore } = await import('../sources/mlflow/open-store.ts');
    const aside = await openUnpackFolder(registry);
    try {
      const store = await openRunStore({ ...options, temporaryFolder: aside.files });
      try {
        const all = await store.listRegistered();
        const models: ImportedModel[] = [];
        const takeover = { registry, store, all, folder: aside.files, options };
        for (const planned of await planTakeover(registry, all))
          models.push(await takeModel(takeover, planned));
        return { place: store.place, models };
      } finally {
        await store[Symbol.asyncDispose]();
      }
    } finally {
      await aside.remove();
    }
  });
}

interface Takeover {
  readonly registry: Registry;
  readonly store: RunStore;
  readonly all: readonly RegisteredModel[];
  /** Where files are brought that are not on this disk. */
  readonly folder: string;
  readonly options: ImportRegistryOptions;
}

async function takeModel(takeover: Takeover, planned: PlannedModel): Promise<ImportedModel> {
  const { registry, options } = takeover;
  const { registered, model, isNew } = planned;
  checkCancelled(options.signal);
  if (!options.dryRun) await describeModel(registry, planned);
  const versions: ImportedVersion[] = [];
  for (const version of planned.versions) {
    const taken = await takeVersion(takeover, planned, version);
    versions.push(taken);
    options.onVersion?.(model, taken);
  }
  const there = new Set(versions.flatMap(({ version, outcome }) => (IS_THERE.has(outcome) ? [version] : [])));
  const aliases: ImportedAlias[] = [];
  for (const alias of planned.aliases) aliases.push(await takeAlias(takeover, model, { alias, there }));
  const outcome = isNew ? (options.dryRun ? 'planned' : 'made') : 'there';
  return { registered: registered.name, model, outcome, versions, aliases };
}

const IS_THERE: ReadonlySet<ImportedVersion['outcome']> = new Set(['added', 'planned', 'there']);

/** Makes the model, or says of one that is there what nobody has said yet. */
async function describeModel(registry: Registry, { registered, model, isNew }: PlannedModel): Promise<void> {
  const { labelsOf } = await import('../sources/mlflow/registered-origin.ts');
  const labels = labelsOf(registered.tags);
  const { description } = registered;
  if (isNew) {
    await createModel(registry, model, { description, labels });
    return;
  }
  const present = await showModel(registry, model);
  const missing = Object.entries(labels).filter(([key]) => !Object.hasOwn(present.labels, key));
  await editModel(registry, model, {
    labels: Object.fromEntries(missing),
    ...(present.description === '' && { description }),
  });
}

async function takeVersion(
  takeover: Takeover,
  { registered: model, model: name }: PlannedModel,
  { registered, version, state }: PlannedVersion,
): Promise<ImportedVersion> {
  const told = { registered: registered.version, version, notes: [] };
  if (state === 'there') return { ...told, outcome: 'there' };
  if (state === 'taken')
    return { ...told, outcome: 'left-out', problem: `${name}@${version} is something else` };
  if (state === 'unfinished')
    return { ...told, outcome: 'left-out', problem: 'MLflow has not written it to its end' };
  const { registry, store, all, folder, options } = takeover;
  if (options.dryRun) return { ...told, outcome: 'planned' };
  try {
    const { registeredOrigin } = await import('../sources/mlflow/registered-origin.ts');
    const { withHeaders } = await import('../sources/mlflow/with-headers.ts');
    const known = await registeredOrigin(store, { model, version: registered, all });
    const origin = await withHeaders(known, options.signal);
    const task: TaskOptions = taskOf(options);
    const created = await createVersion(
      registry,
      { model: name, version },
      { sources: [], origins: [origin], ...task },
    );
    return { ...told, outcome: 'added', notes: created.notes ?? [] };
  } catch (error) {
    const problem = asCairnError(error);
    if (problem.code === 'cancelled') throw problem;
    return { ...told, outcome: 'failed', problem };
  } finally {
    await empty(folder);
  }
}

async function takeAlias(
  { registry, options }: Takeover,
  model: string,
  { alias: planned, there }: { readonly alias: PlannedAlias; readonly there: ReadonlySet<string> },
): Promise<ImportedAlias> {
  const { registered, alias, version, present } = planned;
  const told = { registered, alias, version };
  if (present === version) return { ...told, outcome: 'there' };
  if (present !== null) return { ...told, outcome: 'kept', problem: `it stands for ${present} here` };
  if (!there.has(version)) return { ...told, outcome: 'failed', problem: `${version} is not here` };
  if (options.dryRun) return { ...told, outcome: 'planned' };
  try {
    await setAlias(registry, { model, alias }, version, { reason: 'taken over from MLflow' });
    return { ...told, outcome: 'set' };
  } catch (error) {
    return { ...told, outcome: 'failed', problem: asCairnError(error) };
  }
}

/** What was fetched for one version is not needed for the next. */
async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}
