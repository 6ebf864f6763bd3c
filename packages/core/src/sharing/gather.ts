import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchObjects, ObjectWriter, type Repository, updateRefs } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { openAsideRepository } from './aside-repository.ts';
import type { Contact } from './contact.ts';
import { copyReachable } from './copy-reachable.ts';
import { trackingRef } from './ref-layout.ts';
import { LAZY_FILTER } from './remote.ts';
import type { RemoteModel } from './remote-models.ts';
import type { TransferListener } from './sharing-progress.ts';

/** What many models are made of, brought in one go. */
export interface Gathering extends AsyncDisposable {
  /** Puts what a model's refs lead to into a new repository, and its `main` as the remote's; false when not all of it is here. */
  give(repository: Repository, model: RemoteModel): Promise<boolean>;
}

/** From this many new models they are brought together: each by itself costs several round trips. */
export const TOGETHER_FROM = 4;

/** Commits, trees and texts are small: what batches are cut by. */
const OBJECT_SIZE = 2_048;

/**
 * Brings what many models that are not here are made of, without their weights, in a repository that is thrown away.
 * `null` where the server does not give objects by their ids, or something is wrong with one of them: each model is
 * brought by itself then, so that one does not keep the others.
 */
export async function gather(
  { registry, remote, programs, signal }: Contact,
  models: readonly RemoteModel[],
  onProgress: TransferListener,
): Promise<Gathering | null> {
  const aside = await openAsideRepository(registry);
  const { repository } = aside;
  try {
    const ids = models.flatMap(({ main, versions }) => [...(main ? [main] : []), ...versions.values()]);
    const sizeOf = () => OBJECT_SIZE;
    await fetchObjects(repository, {
      url: remote.url,
      ids,
      sizeOf,
      filter: LAZY_FILTER,
      programs,
      signal,
      onProgress,
    });
  } catch (error) {
    await aside[Symbol.asyncDispose]();
    if (!RETRIED.has(asCairnError(error).code)) throw error;
    return null;
  }
  return {
    give: (to, model) => give(repository, to, { model, remote: remote.name }),
    [Symbol.asyncDispose]: () => aside[Symbol.asyncDispose](),
  };
}

const RETRIED: ReadonlySet<string> = new Set(['unsupported', 'hostile', 'damaged', 'not-found', 'failed']);

interface ModelToGive {
  readonly model: RemoteModel;
  readonly remote: string;
}

/** Nobody else sees that repository: its versions need no refs until they have been looked at. */
async function give(from: Repository, to: Repository, { model, remote }: ModelToGive): Promise<boolean> {
  const tips = [model.main, ...model.versions.values()].filter((id) => id !== null);
  if (!tips.every((id) => from.objects.has(id))) return false;
  await using writer = await ObjectWriter.open(to, { purpose: 'clone', timeoutMs: WRITER_TIMEOUT_MS });
  if (!copyReachable(from, writer, tips)) return false;
  await writer.commit();
  await promise(to);
  if (model.main) {
    const tracked = { name: trackingRef(remote), expect: null, to: model.main };
    await updateRefs(to.gitDir, [tracked], { timeoutMs: LOCK_TIMEOUT_MS });
  }
  return true;
}

/** Marks packs as ones of a partial clone (gitformat-pack, "promisor packs"): what they leave out is the remote's to give. */
async function promise({ gitDir, objects }: Repository): Promise<void> {
  const folder = join(gitDir, 'objects', 'pack');
  for (const name of await readdir(folder)) {
    if (name.endsWith('.pack')) await writeFile(join(folder, name.replace(/\.pack$/, '.promisor')), '');
  }
  objects.refresh();
}
