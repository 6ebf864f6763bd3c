import {
  lockRepository,
  type ObjectId,
  type PushResult,
  pushRefs,
  type RefUpdate,
  type Repository,
  updateRefs,
} from '@cairn/store';
import { asCairnError } from '../errors.ts';
import { withModel } from '../models/model-repository.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { readVersionAt } from '../versions/version-repository.ts';
import { leadsTo } from './commit-graph.ts';
import { compareModel, type ModelComparison, versionsIn } from './compare-model.ts';
import { sharedFrom } from './compare-versions.ts';
import type { Contact } from './contact.ts';
import { mainBehind, modelDeleted, rejected, versionDeleted, versionTaken } from './found-problems.ts';
import { recordLeftModel } from './left-models.ts';
import { configureModel, modelUrl } from './model-remotes.ts';
import { problem, type SharingProblem } from './problems.ts';
import { remoteRefNames, trackingRef } from './ref-layout.ts';
import type { RemoteModel } from './remote-models.ts';
import { writeSharedVersions } from './shared-versions.ts';
import type { TransferListener } from './sharing-progress.ts';
import { explainVersions } from './version-sides.ts';

/**
 * How the edits of a model, or of the registry itself, stand after a push: `same` as there, `sent`, `behind` what is
 * there, `rejected`, or `none` to be sent.
 */
export type PushedMain = 'same' | 'sent' | 'behind' | 'rejected' | 'none';

export interface ModelPush {
  readonly model: string;
  readonly main: PushedMain;
  /** Versions that were sent. */
  readonly versions: readonly string[];
  readonly problems: readonly SharingProblem[];
}

export interface ModelToPush {
  readonly model: string;
  /** What the remote has of it. */
  readonly there: RemoteModel;
  /** Those that are meant; `null` for all. */
  readonly versions: ReadonlySet<string> | null;
  /** Whether it was asked for by name: then what was deleted on the remote is sent again. */
  readonly isNamed: boolean;
  readonly progress: () => TransferListener;
}

/** Sends what a remote lacks of one model. Throws for what concerns all models alike, such as `network`. */
export async function pushModel(contact: Contact, task: ModelToPush): Promise<ModelPush> {
  const { registry, remote } = contact;
  const { model } = task;
  if (task.isNamed) await recordLeftModel(registry, model, false);
  return withModel(registry, model, async (repository) => {
    const lock = await lockRepository(repository, 'sharing', {
      purpose: `push ${model}`,
      timeoutMs: LOCK_TIMEOUT_MS,
      ...(contact.signal && { signal: contact.signal }),
    });
    try {
      await configureModel(repository, { model, remote });
      const comparison = await compareModel(repository, remote, task.there);
      if (comparison.isDeletedThere && !task.isNamed) {
        return { model, main: 'none', versions: [], problems: [modelDeleted(model, remote.name)] };
      }
      return await sendModel(contact, repository, { ...task, comparison });
    } finally {
      lock.release();
    }
  });
}

interface Sending extends ModelToPush {
  readonly comparison: ModelComparison;
}

async function sendModel(contact: Contact, repository: Repository, sending: Sending): Promise<ModelPush> {
  const { model, comparison } = sending;
  const names = remoteRefNames(contact.remote.layout, model);
  const problems = await standingProblems(contact, repository, sending);
  const { sendable, unreadable } = await versionsToSend(repository, sending);
  const main = planMain(repository, comparison);
  if (main.state === 'behind' && main.isBlocked) problems.push(mainBehind(model, contact.remote.name));
  const updates: RefUpdate[] = [
    ...sendable.map((version) => ({
      local: comparison.here.versions.get(version)!,
      remote: names.tags + version,
      expect: null,
    })),
    ...(main.state === 'sent'
      ? [{ local: comparison.here.main, remote: names.main, expect: comparison.there.main }]
      : []),
  ];
  const results = await send(contact, repository, { model, updates, progress: sending.progress });
  const failures = results.filter(({ ok }) => !ok);
  problems.push(...unreadable, ...failures.map((result) => failureOf(result, contact, { model, names })));
  const isSent = (ref: string) => results.some(({ remote, ok }) => remote === ref && ok);
  const versions = sendable.filter((version) => isSent(names.tags + version));
  const sentMain = main.state === 'sent' && isSent(names.main);
  await recordSent(repository, contact, { comparison, versions, sentMain });
  return { model, main: main.state === 'sent' && !sentMain ? 'rejected' : main.state, versions, problems };
}

/** What stands between the two sides before anything is sent. */
async function standingProblems(
  contact: Contact,
  repository: Repository,
  sending: Sending,
): Promise<SharingProblem[]> {
  const { model, comparison, versions } = sending;
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
  const deleted = versionsIn(comparison, 'deleted-there').filter(
    (version) => meant(version) && isLeftDeleted(version, sending),
  );
  const { name } = contact.remote;
  const missing = [...(versions ?? [])].filter((version) => !comparison.here.versions.has(version));
  return [
    ...missing.map((version) =>
      problem('unreadable', `${model} has no version ${version} here`, {
        ...{ model, version },
        hint: `see what there is with \`cairn ls ${model}\``,
      }),
    ),
    ...explained,
    ...deleted.map((version) => versionDeleted({ model, version }, name)),
  ];
}

/** What was deleted on the remote is sent again when it is named itself, or with a model that was deleted as a whole. */
function isLeftDeleted(version: string, { comparison, versions, isNamed }: Sending): boolean {
  const isWanted = versions === null ? isNamed && comparison.isDeletedThere : versions.has(version);
  return comparison.states.get(version) === 'deleted-there' && !isWanted;
}

interface Sendable {
  readonly sendable: readonly string[];
  readonly unreadable: readonly SharingProblem[];
}

/** A tag that is no version here is none for others. */
async function versionsToSend(repository: Repository, sending: Sending): Promise<Sendable> {
  const { model, comparison, versions } = sending;
  const sendable: string[] = [];
  const unreadable: SharingProblem[] = [];
  for (const version of versionsIn(comparison, 'new-here', 'deleted-there')) {
    if (versions !== null && !versions.has(version)) continue;
    if (isLeftDeleted(version, sending)) continue;
    const tag = comparison.here.versions.get(version)!;
    try {
      await readVersionAt(repository, { model, version }, tag);
      sendable.push(version);
    } catch (error) {
      const { message, hint = null } = asCairnError(error);
      unreadable.push(problem('unreadable', message, { model, version, hint }));
    }
  }
  return { sendable, unreadable };
}

type MainPlan =
  | { readonly state: 'same' | 'sent' | 'none' }
  | { readonly state: 'behind' /** Whether there are edits here that wait. */; readonly isBlocked: boolean };

function planMain(repository: Repository, { here, there, tracked }: ModelComparison): MainPlan {
  if (here.main === null) return { state: 'none' };
  if (here.main === there.main) return { state: 'same' };
  if (there.main === null) return { state: 'sent' };
  const isKnown = repository.objects.has(there.main);
  if (isKnown && leadsTo(repository, here.main, there.main)) return { state: 'sent' };
  // What is there is not here yet: there is nothing to be sent if nothing was done since it last was.
  const known = isKnown ? there.main : tracked;
  return { state: 'behind', isBlocked: known === null || !leadsTo(repository, known, here.main) };
}

interface ToSend {
  readonly model: string;
  readonly updates: readonly RefUpdate[];
  readonly progress: () => TransferListener;
}

async function send(
  { remote, programs, signal }: Contact,
  repository: Repository,
  { model, updates, progress }: ToSend,
): Promise<PushResult[]> {
  if (updates.length === 0) return [];
  const url = modelUrl(remote, model);
  return pushRefs(repository, { url, updates, programs, signal, onProgress: progress() });
}

function failureOf(
  result: PushResult,
  { remote }: Contact,
  { model, names }: { readonly model: string; readonly names: ReturnType<typeof remoteRefNames> },
): SharingProblem {
  const isOvertaken = ['exists', 'moved', 'not-fast-forward'].includes(result.reason ?? '');
  if (result.remote === names.main)
    return isOvertaken ? mainBehind(model, remote.name) : rejected({ model }, remote.name, result.detail);
  const version = result.remote.slice(names.tags.length);
  return isOvertaken
    ? versionTaken({ model, version }, remote.name)
    : rejected({ model, version }, remote.name, result.detail);
}

interface Sent {
  readonly comparison: ModelComparison;
  readonly versions: readonly string[];
  readonly sentMain: boolean;
}

/** Remembers what both sides have now. */
async function recordSent(
  repository: Repository,
  { remote }: Contact,
  { comparison, versions, sentMain }: Sent,
): Promise<void> {
  const { here, there, shared, tracked } = comparison;
  const sent = versions.map((version) => [version, here.versions.get(version)!] as const);
  const now = new Map([...there.versions, ...sent]);
  await writeSharedVersions(repository, remote.name, sharedFrom({ here: here.versions, there: now, shared }));
  const main: ObjectId | null = sentMain || here.main === there.main ? here.main : null;
  if (main === null || main === tracked) return;
  await updateRefs(repository.gitDir, [{ name: trackingRef(remote.name), to: main }], {
    timeoutMs: LOCK_TIMEOUT_MS,
  });
}
