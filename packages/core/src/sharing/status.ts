import { type ObjectId, type Repository, readRef } from '@cairn/store';
import { atBorder } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { relate } from './commit-graph.ts';
import { compareModel, type ModelComparison, versionsIn } from './compare-model.ts';
import { contactWith, lookAt } from './contact.ts';
import { modelDeleted, modelLeft, versionDeleted, versionDiffers, versionLeft } from './found-problems.ts';
import { readLeftModels } from './left-models.ts';
import { type MissingWeights, missingWeights } from './missing-weights.ts';
import type { SharingProblem } from './problems.ts';
import { trackingRef } from './ref-layout.ts';
import { withRegistryRepository } from './registry-repository.ts';
import type { Remote } from './remote.ts';
import { NOTHING_REMOTE, type RemoteContents, type RemoteModel } from './remote-models.ts';
import { listRemotes, remoteOf } from './remotes.ts';
import { readSharedVersions } from './shared-versions.ts';

export interface StatusOptions extends Pick<TaskOptions, 'signal'> {
  /** Models; all when left out. */
  readonly models?: readonly string[];
  /** One remote; all when left out. */
  readonly remote?: string;
  /** Tells what was known when the remote was last asked, without asking it. */
  readonly offline?: boolean;
  /** Looks for weights that are not here, too, which takes a look at every version. */
  readonly weights?: boolean;
}

/**
 * How a model, or the registry itself, stands to a remote. `diverged`: each side has what the other has not; `unshared`:
 * the remote has nothing of it; `absent`: it is not here.
 */
export type SharingState = 'same' | 'ahead' | 'behind' | 'diverged' | 'unshared' | 'absent';

/** Edits that one side alone has, in commits of `main`; `null` where they are not here to be counted. */
export interface EditCounts {
  readonly ahead: number | null;
  readonly behind: number | null;
}

export interface ModelStatus {
  readonly model: string;
  readonly state: SharingState;
  readonly edits: EditCounts;
  /** Versions that a push would send. */
  readonly toPush: readonly string[];
  /** Versions that a pull would bring. */
  readonly toPull: readonly string[];
  /** Weights of versions here that would have to be fetched; `null` where nobody has looked. */
  readonly missing: MissingWeights | null;
  readonly problems: readonly SharingProblem[];
}

export interface RemoteStatus {
  readonly remote: string;
  /** Without passwords. */
  readonly url: string;
  /** `null` where each model has a repository of its own, and nothing else is shared. */
  readonly registry: { readonly state: SharingState; readonly edits: EditCounts } | null;
  readonly models: readonly ModelStatus[];
  readonly problems: readonly SharingProblem[];
}

/** How a registry stands to its remotes. Changes nothing, and fetches nothing but the names of what they have. */
export function sharingStatus(registry: Registry, options: StatusOptions = {}): Promise<RemoteStatus[]> {
  return atBorder(async () => {
    const remotes =
      options.remote === undefined ? await listRemotes(registry) : [await remoteOf(registry, options.remote)];
    const statuses: RemoteStatus[] = [];
    for (const remote of remotes) statuses.push(await statusOf(registry, remote, options));
    return statuses;
  });
}

async function statusOf(registry: Registry, remote: Remote, options: StatusOptions): Promise<RemoteStatus> {
  const here = await modelNames(registry);
  const meant = options.models ?? here;
  const contents = options.offline
    ? await lastKnown(registry, remote, here)
    : await lookAt(contactWith(registry, remote, options), meant);
  const left = await readLeftModels(registry);
  const names = options.models ?? [...new Set([...here, ...contents.models.keys()])].sort();
  const models: ModelStatus[] = [];
  for (const model of names) {
    checkCancelled(options.signal);
    const there = contents.models.get(model) ?? NOTHING_REMOTE;
    const isLeft = left.has(model);
    if (here.includes(model)) models.push(await modelStatus(registry, remote, { model, there, ...options }));
    else if (there !== NOTHING_REMOTE) models.push(absent(remote, { model, there, isLeft }));
  }
  const own = remote.layout === 'shared' ? await registryStatus(registry, contents.registry) : null;
  return { remote: remote.name, url: remote.shownUrl, registry: own, models, problems: contents.problems };
}

/** What the remote had when it was last asked: what both sides had then, and its branches. */
async function lastKnown(
  registry: Registry,
  { name }: Remote,
  models: readonly string[],
): Promise<RemoteContents> {
  const known = new Map<string, RemoteModel>();
  for (const model of models) {
    await withModel(registry, model, async (repository) => {
      const main = readRef(repository.gitDir, trackingRef(name));
      const versions = await readSharedVersions(repository, name);
      if (main !== null || versions.size > 0) known.set(model, { main, versions });
    });
  }
  const own = await withRegistryRepository(registry, async ({ gitDir }) =>
    readRef(gitDir, trackingRef(name)),
  );
  return { registry: own, models: known, problems: [] };
}

interface ModelThere {
  readonly model: string;
  readonly there: RemoteModel;
}

function modelStatus(
  registry: Registry,
  remote: Remote,
  { model, there, weights = false }: ModelThere & Pick<StatusOptions, 'weights'>,
): Promise<ModelStatus> {
  return withModel(registry, model, async (repository) => {
    const missing = weights ? await missingWeights(repository, model) : null;
    const comparison = await compareModel(repository, remote, there);
    if (comparison.isDeletedThere) {
      const problems = [modelDeleted(model, remote.name)];
      return { model, state: 'unshared', edits: NO_EDITS, toPush: [], toPull: [], missing, problems };
    }
    const toPush = versionsIn(comparison, 'new-here');
    const toPull = versionsIn(comparison, 'new-there');
    const edits = countEdits(repository, comparison.here.main, there.main);
    const problems = problemsOf(comparison, model, remote.name);
    const isUnshared = there.main === null && there.versions.size === 0;
    const differs = problems.some(({ isFailure }) => isFailure);
    const state = isUnshared ? 'unshared' : stateFrom({ edits, toPush, toPull, differs });
    return { model, state, edits, toPush, toPull, missing, problems };
  });
}

const NO_EDITS: EditCounts = { ahead: 0, behind: 0 };

function countEdits(repository: Repository, ours: ObjectId | null, theirs: ObjectId | null): EditCounts {
  if (ours === theirs) return NO_EDITS;
  if (theirs === null) return { ahead: null, behind: 0 };
  if (ours === null || !repository.objects.has(theirs)) return { ahead: ours ? null : 0, behind: null };
  const { ahead, behind } = relate(repository, ours, theirs);
  return { ahead, behind };
}

function problemsOf(comparison: ModelComparison, model: string, remote: string): SharingProblem[] {
  return [
    ...versionsIn(comparison, 'conflict', 'moved-there').map((version) =>
      versionDiffers({ model, version }, remote, comparison.states.get(version) === 'moved-there'),
    ),
    ...versionsIn(comparison, 'deleted-there').map((version) => versionDeleted({ model, version }, remote)),
    ...versionsIn(comparison, 'deleted-here').map((version) => versionLeft({ model, version }, remote)),
  ];
}

interface Difference {
  readonly edits: EditCounts;
  readonly toPush: readonly string[];
  readonly toPull: readonly string[];
  /** Whether a version stands for something else on each side. */
  readonly differs: boolean;
}

function stateFrom({ edits, toPush, toPull, differs }: Difference): SharingState {
  const isAhead = toPush.length > 0 || (edits.ahead ?? 0) > 0;
  const isBehind = toPull.length > 0 || edits.behind !== 0;
  if (differs || (isAhead && isBehind)) return 'diverged';
  if (isAhead) return 'ahead';
  return isBehind ? 'behind' : 'same';
}

function absent(
  remote: Remote,
  { model, there, isLeft }: ModelThere & { readonly isLeft: boolean },
): ModelStatus {
  return {
    ...{ model, state: 'absent', edits: { ahead: 0, behind: null }, toPush: [] },
    toPull: isLeft ? [] : [...there.versions.keys()],
    missing: null,
    problems: isLeft ? [modelLeft(model, remote.name)] : [],
  };
}

function registryStatus(
  registry: Registry,
  there: ObjectId | null,
): Promise<{ readonly state: SharingState; readonly edits: EditCounts }> {
  return withRegistryRepository(registry, async (repository) => {
    const here = readRef(repository.gitDir, MAIN_REF);
    const edits = countEdits(repository, here, there);
    const state = there === null ? 'unshared' : stateFrom({ edits, toPush: [], toPull: [], differs: false });
    return { state, edits };
  });
}
