import { type ObjectId, type Repository, readRef, replaceDurably, updateRefs } from '@cairn/store';
import { MAIN_REF, readMainAt } from '../models/main-branch.ts';
import { checkModelIsNew, modelNames } from '../models/model-repository.ts';
import { withModelsLocked } from '../models/models-lock.ts';
import { modelFolder, modelsFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import { requireSignedMain } from '../signing/main-signatures.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { acceptVersions } from './accept-versions.ts';
import { openAsideRepository } from './aside-repository.ts';
import type { Contact } from './contact.ts';
import { bringMetadata, fetchModel } from './fetch-model.ts';
import { caseTwin } from './found-problems.ts';
import { movedAliases } from './integrate-main.ts';
import { type ModelToPull, nothing, type PulledModel, unreadableContent } from './model-pull.ts';
import { configureModel, configureNewModel } from './model-remotes.ts';
import { problem } from './problems.ts';
import { trackingRef } from './ref-layout.ts';
import { withoutCaseTwins } from './remote-models.ts';
import { writeSharedVersions } from './shared-versions.ts';

/**
 * Brings a model that is not here: made aside, and moved into place when it is whole. `null` when somebody else has made
 * one of its name meanwhile.
 */
export async function pullNewModel(contact: Contact, task: ModelToPull): Promise<PulledModel | null> {
  const { registry, remote } = contact;
  const { model, there } = task;
  if (there.main === null) return nothing(model, [withoutMain(model, remote.name)]);
  await makeFolder(modelsFolder(registry));
  await using aside = await openAsideRepository(registry);
  const pulled = await fillRepository(contact, aside.repository, task);
  if (pulled.main === 'none') return pulled;
  aside.repository.close();
  return await withModelsLocked(registry, `pull ${model}`, async () => {
    if ((await modelNames(registry)).includes(model)) return null;
    await checkModelIsNew(registry, model);
    replaceDurably(aside.path, modelFolder(registry, model));
    return pulled;
  });
}

async function fillRepository(
  contact: Contact,
  repository: Repository,
  task: ModelToPull,
): Promise<PulledModel> {
  const { registry, remote } = contact;
  const { model, there, versions: meant } = task;
  await configureModel(repository, { model, remote });
  const { versions: distinct, twins } = withoutCaseTwins(there.versions, []);
  const versions = [...distinct.keys()].filter((version) => meant === null || meant.has(version));
  const { filtered, given } = await bring(contact, repository, {
    ...task,
    wanted: new Map(versions.map((version) => [version, distinct.get(version)!])),
  });
  const main = readRef(repository.gitDir, trackingRef(remote.name));
  if (main === null) return nothing(model, [withoutMain(model, remote.name)]);
  try {
    const { document } = await readMainAt(repository, model, main);
    await requireSignedMain(registry, repository, { model, tip: main });
    const accepted = await acceptVersions(registry, repository, { model, remote: remote.name, given });
    await updateRefs(repository.gitDir, [{ name: MAIN_REF, expect: null, to: main }], {
      timeoutMs: LOCK_TIMEOUT_MS,
    });
    await configureNewModel(registry, repository, model);
    const came = accepted.versions.map((version) => [version, there.versions.get(version)!] as const);
    await writeSharedVersions(repository, remote.name, new Map(came));
    return {
      ...{ model, main: 'created', versions: accepted.versions },
      problems: [...accepted.problems, ...twins.map((version) => caseTwin({ model, version }, remote.name))],
      aliases: movedAliases({}, document.aliases),
      unfiltered: contact.isLazy && !filtered,
    };
  } catch (error) {
    return nothing(model, [unreadableContent(model, remote.name, error)]);
  }
}

interface ModelToBring extends ModelToPull {
  /** Ids of tags, by version. */
  readonly wanted: ReadonlyMap<string, ObjectId>;
}

interface Brought {
  readonly filtered: boolean;
  /** Ids of tags by version, where they have no refs yet. */
  readonly given?: ReadonlyMap<string, ObjectId>;
}

async function bring(
  contact: Contact,
  repository: Repository,
  { wanted, ...task }: ModelToBring,
): Promise<Brought> {
  const isGiven = await task.gathering?.give(repository, { main: task.there.main, versions: wanted });
  if (!isGiven) return fetchModel(contact, repository, { ...task, versions: [...wanted.keys()], main: true });
  await bringMetadata(contact, repository, { model: task.model, tags: wanted.values() });
  return { filtered: true, given: wanted };
}

function withoutMain(model: string, remote: string) {
  return problem('unreadable', `${remote} has versions of ${model}, but not its branch main`, {
    model,
    hint: 'ask whoever shared them to push the model too',
  });
}
