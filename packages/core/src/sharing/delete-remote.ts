import { pushRefs, type RefUpdate, type Repository, readRef } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { readMainAt } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { checkModelName } from '../names.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { type Contact, contactWith, lookAt } from './contact.ts';
import { modelUrl } from './model-remotes.ts';
import { remoteRefNames, trackingRef } from './ref-layout.ts';
import { withRegistryRepository } from './registry-repository.ts';
import type { RemoteModel } from './remote-models.ts';
import { remoteOf } from './remotes.ts';

export interface DeleteFromRemoteOptions extends Pick<TaskOptions, 'signal'> {
  /** The remote's name; the only one, or `origin`, when left out. */
  readonly remote?: string;
}

/** What is deleted on a remote. What is here stays as it is. */
export interface RemoteDeletion {
  readonly remote: string;
  /** Without passwords. */
  readonly url: string;
  readonly model: string;
  /** Versions that go there, sorted. */
  readonly versions: readonly string[];
  /** Whether the model itself goes there, with all that is said of it. */
  readonly isWhole: boolean;
}

export interface RemoteTarget {
  readonly model: string;
  /** Left out for the whole model. */
  readonly version?: string;
}

/** What deleting on a remote would take away there. Changes nothing. Throws `not-found`, and `refused` for a version with an alias. */
export function planRemoteDeletion(
  registry: Registry,
  target: RemoteTarget,
  options: DeleteFromRemoteOptions = {},
): Promise<RemoteDeletion> {
  return atBorder(async () => (await plan(registry, target, options)).deletion);
}

/**
 * Deletes a version, or a model with all its versions, on a remote. Nothing changes here, nor in other clones. Its bytes
 * stay there until that host collects its garbage, which is the host's to decide. Throws as the plan does, and
 * `conflict` when the remote was changed meanwhile.
 */
export function deleteFromRemote(
  registry: Registry,
  target: RemoteTarget,
  options: DeleteFromRemoteOptions = {},
): Promise<RemoteDeletion> {
  return atBorder(async () => {
    const { deletion, contact, updates } = await plan(registry, target, options);
    const { remote, programs, signal } = contact;
    const url = modelUrl(remote, target.model);
    const results = await onRepository(contact, target.model, (repository) =>
      pushRefs(repository, { url, updates, programs, signal }),
    );
    const failed = results.find(({ ok }) => !ok);
    if (failed) throw notDeleted(deletion, failed.detail);
    return deletion;
  });
}

interface Plan {
  readonly deletion: RemoteDeletion;
  readonly contact: Contact;
  readonly updates: readonly RefUpdate[];
}

async function plan(
  registry: Registry,
  { model, version }: RemoteTarget,
  options: DeleteFromRemoteOptions,
): Promise<Plan> {
  checkModelName(model);
  const remote = await remoteOf(registry, options.remote);
  const contact = contactWith(registry, remote, options);
  const there = (await lookAt(contact, [model])).models.get(model);
  if (!there) throw notThere(remote.name, model);
  const isWhole = version === undefined;
  if (!isWhole && !there.versions.has(version)) throw notThere(remote.name, `${model}@${version}`);
  if (!isWhole) await checkNoAlias(contact, there, { model, version });
  const versions = isWhole ? [...there.versions.keys()].sort() : [version];
  const names = remoteRefNames(remote.layout, model);
  const deleted = (ref: string, expect: RefUpdate['expect']): RefUpdate => ({
    local: null,
    remote: ref,
    expect,
  });
  const updates = versions.map((each) => deleted(names.tags + each, there.versions.get(each)!));
  if (isWhole && there.main) updates.push(deleted(names.main, there.main));
  return {
    deletion: { remote: remote.name, url: remote.shownUrl, model, versions, isWhole },
    contact,
    updates,
  };
}

/** Others would have an alias that stands for nothing. What the remote's aliases are is known since the last pull. */
async function checkNoAlias(
  { registry, remote }: Contact,
  there: RemoteModel,
  { model, version }: Required<RemoteTarget>,
): Promise<void> {
  if (!(await modelNames(registry)).includes(model)) return;
  await withModel(registry, model, async (repository) => {
    const tracked = readRef(repository.gitDir, trackingRef(remote.name));
    if (there.main !== null && tracked !== there.main) throw pullFirst(remote.name, model);
    const document = tracked && (await readMainAt(repository, model, tracked)).document;
    const alias = Object.entries(document?.aliases ?? {}).find(([, name]) => name === version)?.[0];
    if (alias === undefined) return;
    throw new CairnError(
      'refused',
      `${model}@${version} cannot be deleted on ${remote.name}: the alias ${alias} stands for it there`,
      {
        hint: `move ${alias} to another version and \`cairn push\` first`,
        data: { alias },
      },
    );
  });
}

/** Deleting sends nothing, so that any repository will do for a model that is not here. */
async function onRepository<T>(
  { registry }: Contact,
  model: string,
  use: (repository: Repository) => Promise<T>,
): Promise<T> {
  const isHere = (await modelNames(registry)).includes(model);
  return isHere ? withModel(registry, model, use) : withRegistryRepository(registry, use);
}

function notThere(remote: string, what: string): CairnError {
  return new CairnError('not-found', `${remote} has no ${what}`, {
    hint: 'see what it has with `cairn status`',
  });
}

function pullFirst(remote: string, model: string): CairnError {
  return new CairnError(
    'refused',
    `${remote} has edits of ${model} that are not here yet, perhaps of its aliases`,
    {
      hint: `\`cairn pull ${model}\` first`,
    },
  );
}

function notDeleted({ remote, model }: RemoteDeletion, detail: string): CairnError {
  const said = detail === '' ? 'somebody changed it meanwhile' : detail;
  return new CairnError('conflict', `${remote} did not delete what it was asked to of ${model}: ${said}`, {
    hint: 'look at it anew with `cairn status`, or ask who looks after that repository',
  });
}
