import { type ObjectId, type Repository, readRef, replaceDurably, updateRefs } from '@cairn/store';
import { CairnError } from '../errors.ts';
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
import { bringMetadata } from './fetch-model.ts';
import { type Fetched, fetchReadable, isAboutContent, withoutRepeats } from './fetch-readable.ts';
import { movedAliases } from './integrate-main.ts';
import { type ModelToPull, nothing, type PulledModel, unreadableContent } from './model-pull.ts';
import { configureModel, configureNewModel } from './model-remotes.ts';
import { problem } from './problems.ts';
import { trackingRef } from './ref-layout.ts';
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
  const wanted = new Map([...there.versions].filter(([version]) => meant?.has(version) ?? true));
  const { filtered, given, problems: fetched } = await bring(contact, repository, { ...task, wanted });
  const main = readRef(repository.gitDir, trackingRef(remote.name));
  if (main === null) return nothing(model, fetched.length > 0 ? fetched : [withoutMain(model, remote.name)]);
  try {
    const { document } = await readMainAt(repository, model, main);
    checkIsNoTwin(model, document.name);
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
      problems: [...fetched, ...withoutRepeats(fetched, accepted.problems)],
      aliases: movedAliases({}, document.aliases),
      unfiltered: contact.isLazy && !filtered,
    };
  } catch (error) {
    const found = unreadableContent(model, remote.name, error);
    return nothing(model, [...fetched, ...withoutRepeats(fetched, [found])]);
  }
}

/** Of models that differ only in case the first that is in order is taken, which the copy of another is not. */
function checkIsNoTwin(model: string, name: string): void {
  if (name === model || name.toLowerCase() !== model.toLowerCase()) return;
  throw new CairnError('damaged', `its branch main is that of ${name}`, {
    hint: 'ask who may push there who made it',
  });
}

interface ModelToBring extends ModelToPull {
  /** Ids of tags, by version. */
  readonly wanted: ReadonlyMap<string, ObjectId>;
}

interface Brought extends Fetched {
  /** Ids of tags by version, where they have no refs yet. */
  readonly given?: ReadonlyMap<string, ObjectId>;
}

async function bring(
  contact: Contact,
  repository: Repository,
  { wanted, ...task }: ModelToBring,
): Promise<Brought> {
  try {
    const isGiven = await task.gathering?.give(repository, { main: task.there.main, versions: wanted });
    if (isGiven) {
      await bringMetadata(contact, repository, { model: task.model, main: true, tags: wanted.values() });
      return { filtered: true, given: wanted, problems: [] };
    }
  } catch (error) {
    if (!isAboutContent(error)) throw error;
  }
  return fetchReadable(contact, repository, { ...task, versions: [...wanted.keys()], main: true });
}

function withoutMain(model: string, remote: string) {
  return problem('unreadable', `${remote} has versions of ${model}, but not its branch main`, {
    model,
    hint: 'ask whoever shared them to push the model too',
  });
}
