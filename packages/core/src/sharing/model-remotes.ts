import { listRefs, type Repository, readConfig, remoteUrlFor, updateRefs } from '@cairn/store';
import { CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { fetchRefspecs, incomingPrefix, pushRefspecs, remoteRefNames, trackingRef } from './ref-layout.ts';
import { withRegistryRepository } from './registry-repository.ts';
import { LAZY_FILTER, type Remote, remotesIn } from './remote.ts';
import { deleteRemote, writeRemote } from './remote-settings.ts';
import { forgetSharedVersions } from './shared-versions.ts';

export interface ModelRemote {
  readonly model: string;
  readonly remote: Remote;
}

/**
 * Tells a model's repository of a remote: under which address it is, and which of its refs are this model's. The first
 * one is what plain `git push` and `git fetch` mean. Once a remote has promised what is missing, it stays its promise.
 */
export async function configureModel(repository: Repository, { model, remote }: ModelRemote): Promise<void> {
  const names = remoteRefNames(remote.layout, model);
  const present = readConfig(repository.gitDir).get('branch.main.remote')?.at(-1);
  const isMain = present === undefined || present === remote.name;
  await writeRemote(repository, {
    name: remote.name,
    settings: {
      url: [modelUrl(remote, model)],
      fetch: fetchRefspecs(remote.name, names),
      push: pushRefspecs(names),
      tagopt: ['--no-tags'],
      ...(remote.lazy && { promisor: ['true'], partialclonefilter: [LAZY_FILTER] }),
    },
    mainOn: isMain ? names.main : null,
  });
}

/** Tells a model's repository of all remotes of its registry. A registry that is no Git repository has none. */
export async function configureNewModel(
  registry: Registry,
  repository: Repository,
  model: string,
): Promise<void> {
  for (const remote of await remotesIfAny(registry)) await configureModel(repository, { model, remote });
}

/** The same for a model that had another name, under which it was known: nothing of that holds any more. */
export async function configureRenamedModel(
  registry: Registry,
  repository: Repository,
  model: string,
): Promise<void> {
  for (const remote of await remotesIfAny(registry)) {
    await forgetWhatWasSeen(repository, remote.name);
    await configureModel(repository, { model, remote });
  }
}

/** Whether a remote was seen to have the model whose repository this is. */
export function isKnownToBeShared(gitDir: string): boolean {
  return [...listRefs(gitDir, 'refs/remotes/', () => {}).keys()].length > 0;
}

/** The address of the repository that a model is in. */
export function modelUrl({ layout, url }: Remote, model: string): string {
  return layout === 'per-model' ? remoteUrlFor(url, model) : url;
}

/** Removes a remote from a model's repository, or the registry's own, with what was known of it. */
export async function forgetModelRemote(repository: Repository, name: string): Promise<void> {
  await deleteRemote(repository, name);
  await forgetWhatWasSeen(repository, name);
}

/** What was seen of a model on a remote, and of a model under another name. */
export async function forgetWhatWasSeen(repository: Repository, name: string): Promise<void> {
  const seen = [trackingRef(name), ...listRefs(repository.gitDir, incomingPrefix(name), () => {}).keys()];
  await updateRefs(
    repository.gitDir,
    seen.map((ref) => ({ name: ref, to: null })),
    { timeoutMs: LOCK_TIMEOUT_MS },
  );
  await forgetSharedVersions(repository, name);
}

async function remotesIfAny(registry: Registry): Promise<Remote[]> {
  try {
    return await withRegistryRepository(registry, async (repository) => remotesIn(repository));
  } catch (error) {
    if (error instanceof CairnError && error.code === 'unsupported') return [];
    throw error;
  }
}
