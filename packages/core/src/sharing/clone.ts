import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createEmptyWorkTree, redactUrl, syncFolder, systemCode } from '@cairn/store';
import type { Environment } from '../environment.ts';
import { atBorder, CairnError } from '../errors.ts';
import type { TaskOptions } from '../progress.ts';
import { withFolder } from '../registry/make-folder.ts';
import { openRegistry, REGISTRY_FILE, type Registry } from '../registry/registry.ts';
import { contactWith, lookAt } from './contact.ts';
import { type PullReport, pull } from './pull.ts';
import { pullRegistry } from './pull-registry.ts';
import { withRegistryRepository } from './registry-repository.ts';
import type { Remote } from './remote.ts';
import { checkRemoteName, DEFAULT_REMOTE } from './remote-name.ts';
import { absoluteUrl, configureRegistry, listRemotes } from './remotes.ts';

export interface CloneOptions extends TaskOptions {
  /** Brings weights too. */
  readonly full?: boolean;
  /** What the remote is called; `origin` when left out. */
  readonly remote?: string;
  /** The folder that a relative path begins at: of the address, and of the registry. */
  readonly from: string;
}

export interface CloneReport {
  readonly registry: Registry;
  /** Whether an earlier clone into the same folder was gone on with. */
  readonly resumed: boolean;
  readonly pull: PullReport;
}

/**
 * Makes a registry out of what a remote has: its files, every model, and every version without its weights, which
 * follow when they are needed.
 *
 * The registry appears with its files; models appear one after the other, each whole. A clone that is cut short goes on
 * where it was with a pull, or when it is asked for again. Throws `refused` for a folder with something else in it,
 * `network`, `damaged` for what is no registry.
 */
export function cloneRegistry(
  url: string,
  folder: string,
  environment: Environment,
  options: CloneOptions,
): Promise<CloneReport> {
  return atBorder(async () => {
    const path = resolve(options.from, folder);
    const remote = remoteToClone(url, options);
    const resumed = await isCloneOf(path, remote);
    if (!resumed) await withFolder(dirname(path), () => place(path, remote, { environment, ...options }));
    const registry = await openRegistry(path, environment);
    return { registry, resumed, pull: await pull(registry, { ...options, remote: remote.name }) };
  });
}

function remoteToClone(url: string, { full = false, remote = DEFAULT_REMOTE, from }: CloneOptions): Remote {
  const address = absoluteUrl(url, from);
  if (address.includes('{model}')) throw severalRepositories(address);
  return {
    name: checkRemoteName(remote),
    url: address,
    shownUrl: redactUrl(address),
    layout: 'shared',
    lazy: !full,
  };
}

/** Whether a folder holds a registry that this remote was cloned into. Throws for anything else that is there. */
async function isCloneOf(path: string, remote: Remote): Promise<boolean> {
  const present = await namesIn(path);
  if (present.length === 0) return false;
  if (present.includes(REGISTRY_FILE)) {
    const remotes = await listRemotes({ path }).catch(() => []);
    if (remotes.some(({ name, url }) => name === remote.name && url === remote.url)) return true;
  }
  throw new CairnError('refused', `${path} is not empty`, {
    hint: 'name a new folder: `cairn clone <url> my-registry`',
    data: { path },
  });
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

interface Placing extends CloneOptions {
  readonly environment: Environment;
}

/** Makes the registry aside, without models, and gives it its name when its own files are there. */
async function place(path: string, remote: Remote, { environment, signal }: Placing): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  await mkdir(aside);
  try {
    await createEmptyWorkTree(aside);
    const unnamed = { path: aside, name: '', description: '', environment };
    await withRegistryRepository(unnamed, (repository) => configureRegistry(repository, remote));
    const contact = contactWith(unnamed, remote, signal ? { signal } : {});
    const { registry: there } = await lookAt(contact, []);
    if (there === null) throw noRegistry(remote);
    const { problems } = await pullRegistry(contact, there, undefined);
    if (problems[0]) throw notARegistry(remote, problems[0].message);
    await mkdir(join(aside, 'models'));
    await rmdir(path).catch(() => undefined);
    await rename(aside, path);
    syncFolder(dirname(path));
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

function noRegistry({ shownUrl }: Remote): CairnError {
  return new CairnError(
    'not-found',
    `${shownUrl} has no branch main, so that there is no registry to clone`,
    {
      hint: 'share one there first: `cairn remote add origin <url>` and `cairn push` in it',
    },
  );
}

function notARegistry({ shownUrl }: Remote, reason: string): CairnError {
  return new CairnError('damaged', `${shownUrl} cannot be cloned: ${reason}`, {
    hint: 'check the address; a registry is shared with `cairn push`',
  });
}

function severalRepositories(url: string): CairnError {
  return new CairnError(
    'invalid',
    `${redactUrl(url)} is a repository for each model, which none of them lists`,
    {
      hint: 'make a registry with `cairn init`, then `cairn remote add origin <url>` and `cairn pull <model>`',
    },
  );
}
