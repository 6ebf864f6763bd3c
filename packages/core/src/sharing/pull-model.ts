import { lockRepository, type ObjectId, type Repository, readRef } from '@cairn/store';
import { modelNames, withModel } from '../models/model-repository.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { acceptVersions } from './accept-versions.ts';
import { compareModel, type ModelComparison, versionsHere, versionsIn } from './compare-model.ts';
import { sharedFrom } from './compare-versions.ts';
import type { Contact } from './contact.ts';
import { hasMain } from './fetch-model.ts';
import { fetchReadable, withoutRepeats } from './fetch-readable.ts';
import {
  aliasShadowed,
  caseTwin,
  mainConflict,
  modelDeleted,
  versionDeleted,
  versionLeft,
} from './found-problems.ts';
import { integrateMain, type PulledAlias, type PulledMain } from './integrate-main.ts';
import { recordLeftModel } from './left-models.ts';
import { type ModelToPull, nothing, type PulledModel, unreadableContent } from './model-pull.ts';
import { configureModel } from './model-remotes.ts';
import { problem, type SharingProblem } from './problems.ts';
import { pullNewModel } from './pull-new-model.ts';
import { trackingRef } from './ref-layout.ts';
import { writeSharedVersions } from './shared-versions.ts';
import { explainVersions } from './version-sides.ts';

/** Brings what a remote has of one model. Throws for what concerns all models alike, such as `network`. */
export async function pullModel(contact: Contact, task: ModelToPull): Promise<PulledModel> {
  const { registry } = contact;
  const { model } = task;
  if (task.isNamed) await recordLeftModel(registry, model, false);
  const names = await modelNames(registry);
  if (!names.includes(model)) {
    const similar = names.find((name) => name.toLowerCase() === model.toLowerCase());
    if (similar !== undefined) return nothing(model, [sameButCase(contact, task, similar)]);
    const pulled = await pullNewModel(contact, task);
    if (pulled !== null) return pulled;
  }
  return withModel(registry, model, async (repository) => {
    const lock = await lockRepository(repository, 'sharing', {
      purpose: `pull ${model}`,
      timeoutMs: LOCK_TIMEOUT_MS,
      ...(contact.signal && { signal: contact.signal }),
    });
    try {
      return await pullInto(contact, repository, task);
    } finally {
      lock.release();
    }
  });
}

async function pullInto(contact: Contact, repository: Repository, task: ModelToPull): Promise<PulledModel> {
  const { registry, remote } = contact;
  const { model, there } = task;
  const comparison = await compareModel(repository, remote, there);
  if (comparison.isDeletedThere) return nothing(model, [modelDeleted(model, remote.name)]);
  const wanted = wantedVersions(comparison, task);
  const needsMain = there.main !== null && needsFetch(repository, comparison, there.main);
  const isChanged = wanted.length > 0 || needsMain;
  if (isChanged) await configureModel(repository, { model, remote });
  const { filtered, problems: fetched } = isChanged
    ? await fetchReadable(contact, repository, { ...task, versions: wanted, main: needsMain })
    : { filtered: true, problems: [] };
  const accepted = await acceptVersions(registry, repository, { model, remote: remote.name });
  const main = await takeMain(contact, repository, task);
  const problems = [
    ...fetched,
    ...withoutRepeats(fetched, [...accepted.problems, ...main.problems]),
    ...(await standingProblems(contact, repository, { ...task, comparison })),
  ];
  await writeSharedVersions(
    repository,
    remote.name,
    sharedFrom({
      here: versionsHere(repository),
      there: comparison.there.versions,
      shared: comparison.shared,
    }),
  );
  return {
    ...{ model, main: main.main, versions: accepted.versions, aliases: main.aliases, problems },
    unfiltered: contact.isLazy && !filtered,
  };
}

/** Versions to bring: new ones, and of those that were deleted here the ones that are named themselves. */
function wantedVersions(comparison: ModelComparison, { versions }: ModelToPull): string[] {
  const fresh = versionsIn(comparison, 'new-there').filter((version) => versions?.has(version) ?? true);
  const back = versionsIn(comparison, 'deleted-here').filter((version) => versions?.has(version) ?? false);
  return [...fresh, ...back];
}

/** Whether the remote's `main` is to be looked at: it is not what it was, or its objects are not all here. */
function needsFetch(repository: Repository, { tracked, here }: ModelComparison, main: ObjectId): boolean {
  return main !== here.main && (main !== tracked || !hasMain(repository, main));
}

interface TakenMain {
  readonly main: PulledMain;
  readonly aliases: readonly PulledAlias[];
  readonly problems: readonly SharingProblem[];
}

async function takeMain(
  { registry, remote }: Contact,
  repository: Repository,
  { model, prefer, there }: ModelToPull,
): Promise<TakenMain> {
  const theirs = readRef(repository.gitDir, trackingRef(remote.name));
  if (theirs === null || there.main === null) return { main: 'none', aliases: [], problems: [] };
  try {
    const task = { model, theirs, remote: remote.name, prefer };
    const { main, aliases, conflicts } = await integrateMain(repository, registry, task);
    const problems = [
      ...(conflicts.length > 0 ? [mainConflict(model, remote.name, conflicts)] : []),
      ...shadowedAliases(repository, aliases).map((alias) => aliasShadowed(model, alias, remote.name)),
    ];
    return { main, aliases, problems };
  } catch (error) {
    return { main: 'none', aliases: [], problems: [unreadableContent(model, remote.name, error)] };
  }
}

/** Aliases that came and have the name of a version that is here, which goes before them. */
function shadowedAliases(repository: Repository, aliases: readonly PulledAlias[]): string[] {
  const versions = versionsHere(repository);
  return aliases.filter(({ alias, to }) => to !== null && versions.has(alias)).map(({ alias }) => alias);
}

async function standingProblems(
  contact: Contact,
  repository: Repository,
  { model, comparison, versions }: ModelToPull & { readonly comparison: ModelComparison },
): Promise<SharingProblem[]> {
  const { name } = contact.remote;
  const meant = (version: string) => versions === null || versions.has(version);
  const differing = versionsIn(comparison, 'conflict', 'moved-there').filter(meant);
  const explained = await explainVersions(contact, repository, {
    model,
    versions: differing.map((version) => ({
      version,
      tag: comparison.here.versions.get(version)!,
      isMoved: comparison.states.get(version) === 'moved-there',
    })),
  });
  const here = versionsHere(repository);
  const left = versionsIn(comparison, 'deleted-here').filter(
    (version) => meant(version) && !here.has(version),
  );
  const deleted = versionsIn(comparison, 'deleted-there').filter(meant);
  const unknown = [...(versions ?? [])].filter((version) => !comparison.states.has(version));
  return [
    ...unknown.map((version) => unknownVersion(model, version, name)),
    ...explained,
    ...deleted.map((version) => versionDeleted({ model, version }, name)),
    ...left.map((version) => versionLeft({ model, version }, name)),
    ...comparison.twins.map((version) => caseTwin({ model, version }, name)),
  ];
}

function unknownVersion(model: string, version: string, remote: string): SharingProblem {
  return problem('unreadable', `neither this registry nor ${remote} has ${model}@${version}`, {
    ...{ model, version },
    hint: `see what there is with \`cairn status ${model}\``,
  });
}

function sameButCase({ remote }: Contact, { model, isNamed }: ModelToPull, similar: string): SharingProblem {
  return problem('name', `${remote.name} has ${model}, which differs from ${similar} only in case`, {
    model,
    isFailure: isNamed,
    hint: `rename yours, \`cairn rename ${similar} ${similar}-mine\`, then \`cairn pull\``,
  });
}
