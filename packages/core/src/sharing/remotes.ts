import { resolve } from 'node:path';
import { checkRemoteUrl, type Repository } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import type { Registry } from '../registry/registry.ts';
import { configureModel, forgetModelRemote } from './model-remotes.ts';
import { fetchRefspecsOfRegistry } from './ref-layout.ts';
import { withRegistryRepository } from './registry-repository.ts';
import { LAZY_FILTER, type Remote, remoteFrom, remotesIn } from './remote.ts';
import { checkRemoteName, DEFAULT_REMOTE } from './remote-name.ts';
import { readRemotes, writeRemote } from './remote-settings.ts';

export interface AddRemoteOptions {
  /** The folder that a relative path begins at; the registry's own when left out. */
  readonly from?: string;
  /** Leaves weights out of what is pulled; they follow when they are needed. */
  readonly lazy?: boolean;
}

/**
 * Makes a remote known to the registry's own repository and to those of all models, so that plain Git shares them in
 * the same way. Nothing is sent or asked. Throws `exists`, `invalid` for a name or an address that is none.
 */
export function addRemote(
  registry: Registry,
  name: string,
  url: string,
  { from = registry.path, lazy = false }: AddRemoteOptions = {},
): Promise<Remote> {
  return atBorder(async () => {
    checkRemoteName(name);
    const address = absoluteUrl(url, from);
    const remote = remoteFrom(name, { url: [address], ...(lazy && { partialclonefilter: [LAZY_FILTER] }) });
    await withRegistryRepository(registry, async (repository) => {
      const taken = [...readRemotes(repository).keys()].find(
        (other) => other.toLowerCase() === name.toLowerCase(),
      );
      if (taken !== undefined) throw remoteExists(taken);
      await configureRegistry(repository, remote);
    });
    for (const model of await modelNames(registry)) {
      await withModel(registry, model, (repository) => configureModel(repository, { model, remote }));
    }
    return remote;
  });
}

/** All remotes of a registry, by name. */
export function listRemotes(registry: Pick<Registry, 'path'>): Promise<Remote[]> {
  return atBorder(() => withRegistryRepository(registry, async (repository) => remotesIn(repository)));
}

export interface RemoveRemoteOptions {
  /** Even where weights that are not here come from it. */
  readonly force?: boolean;
}

/**
 * Forgets a remote and what was known of it. Nothing is deleted there. Throws `not-found`; `refused` where weights that
 * are not here can come from nowhere else.
 */
export function removeRemote(
  registry: Registry,
  name: string,
  { force = false }: RemoveRemoteOptions = {},
): Promise<Remote> {
  return atBorder(async () => {
    const remote = named(await listRemotes(registry), name);
    if (remote.lazy && !force) throw isNeeded(remote);
    for (const model of await modelNames(registry)) {
      await withModel(registry, model, (repository) => forgetModelRemote(repository, name));
    }
    await withRegistryRepository(registry, (repository) => forgetModelRemote(repository, name));
    return remote;
  });
}

/**
 * The remote of this name; without a name the only one there is, or `origin`. Throws `not-found`, and `invalid` where
 * several could be meant.
 */
export async function remoteOf(registry: Pick<Registry, 'path'>, name?: string): Promise<Remote> {
  const remotes = await listRemotes(registry);
  if (name !== undefined) return named(remotes, name);
  if (remotes.length === 1) return remotes[0]!;
  const usual = remotes.find((remote) => remote.name === DEFAULT_REMOTE);
  if (usual) return usual;
  if (remotes.length > 0) throw severalRemotes(remotes);
  throw new CairnError('not-found', 'this registry has no remote', {
    hint: 'say where it is shared: `cairn remote add origin <url>`',
  });
}

/** A path is made whole: Git would begin at the folder of whichever repository it works in. */
export function absoluteUrl(url: string, from: string): string {
  const { kind, text } = checkRemoteUrl(url);
  return kind === 'path' ? resolve(from, text).replaceAll('\\', '/') : text;
}

/** The registry's own settings of a remote. Of a remote with a repository for each model it has no branch there. */
export function configureRegistry(repository: Repository, remote: Remote): Promise<void> {
  const isShared = remote.layout === 'shared';
  const hasOther = remotesIn(repository).some(({ name }) => name !== remote.name);
  return writeRemote(repository, {
    name: remote.name,
    settings: {
      url: [remote.url],
      ...(isShared && { fetch: fetchRefspecsOfRegistry(remote.name), tagopt: ['--no-tags'] }),
      ...(remote.lazy && { partialclonefilter: [LAZY_FILTER] }),
    },
    mainOn: isShared && !hasOther ? 'refs/heads/main' : null,
  });
}

function named(remotes: readonly Remote[], name: string): Remote {
  const found = remotes.find((remote) => remote.name === name);
  if (found) return found;
  const known = remotes.map((remote) => remote.name).join(', ');
  throw new CairnError('not-found', `this registry has no remote named ${name}`, {
    hint: known ? `it has ${known}` : 'say where it is shared: `cairn remote add origin <url>`',
    data: { remote: name },
  });
}

function severalRemotes(remotes: readonly Remote[]): CairnError {
  const names = remotes.map(({ name }) => name).join(', ');
  return new CairnError('invalid', `this registry has several remotes: ${names}`, {
    hint: 'say which one is meant with --remote',
  });
}

function remoteExists(name: string): CairnError {
  return new CairnError('exists', `this registry has a remote named ${name} already`, {
    hint: `remove it first, \`cairn remote rm ${name}\`, or choose another name`,
    data: { remote: name },
  });
}

function isNeeded({ name }: Remote): CairnError {
  return new CairnError(
    'refused',
    `${name} cannot be removed: weights that are not here can only come from it`,
    {
      hint: 'bring those that are needed with `cairn fetch-files`, then remove it with --force',
      data: { remote: name },
    },
  );
}
