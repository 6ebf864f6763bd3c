import {
  type CollectionResult,
  dropPromised,
  isPartialClone,
  listRemoteRefs,
  type ObjectId,
  planDrop,
  promisorRemotes,
  type Repository,
  readRef,
} from '@cairn/store';
import { asCairnError, atBorder, CairnError } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { programsOf } from '../sharing/contact.ts';
import { mainMetadata } from '../sharing/metadata.ts';
import { COLLECTOR_TIMEOUT_MS } from '../time-limits.ts';
import type { CollectionReport, ModelCollection } from '../upkeep/collect.ts';
import { readStoredVersion, type VersionTarget } from '../versions/version-repository.ts';
import { versionTags } from '../versions/version-tags.ts';
import { distinctParts, partsOfEach } from './presence.ts';

export interface DropFetchedOptions extends TaskOptions {
  /** Models; all when left out. */
  readonly models?: readonly string[];
}

/**
 * Bytes: what is smaller came with the clone, and would cost a request of its own to bring back. The same limit as that
 * of the clones' filter, `blob:limit=64k`.
 */
const DROPPED_FROM = 64 * 1024;

/**
 * What {@link dropFetched} would free, to the byte. Asks the remotes which versions they have, and changes nothing.
 */
export function planDropFetched(
  registry: Registry,
  options: DropFetchedOptions = {},
): Promise<CollectionReport> {
  return atBorder(() => eachLazyModel(registry, options, planDrop));
}

/**
 * Frees the bytes of weights that were fetched into lazy clones and that can be fetched again: those of versions that
 * a remote is seen to have, by the same tag. Commits, trees and small files stay, and so does all that was added here
 * or that no remote has. Models that are in use, or whose remotes cannot be asked, are skipped, and said to be.
 */
export function dropFetched(registry: Registry, options: DropFetchedOptions = {}): Promise<CollectionReport> {
  return atBorder(() =>
    eachLazyModel(registry, options, (repository, droppable) =>
      dropPromised(repository, {
        ...droppable,
        timeoutMs: COLLECTOR_TIMEOUT_MS,
        ...(options.signal && { signal: options.signal }),
      }),
    ),
  );
}

type Drop = (
  repository: Repository,
  droppable: { readonly ids: ReadonlySet<ObjectId>; readonly sizeMin: number },
) => Promise<CollectionResult>;

async function eachLazyModel(
  registry: Registry,
  { models, ...task }: DropFetchedOptions,
  drop: Drop,
): Promise<CollectionReport> {
  const names = models ?? (await modelNames(registry));
  const remoteTags = new RemoteTags(registry, task);
  const collections: ModelCollection[] = [];
  for (const [index, model] of names.entries()) {
    checkCancelled(task.signal);
    const files = { done: index, total: names.length };
    task.onProgress?.({ phase: 'collecting', done: 0, total: 0, files });
    const dropped = await dropOf(registry, model, { remoteTags, drop });
    if (dropped !== null) collections.push(dropped);
  }
  return { freed: collections.reduce((sum, { freed }) => sum + freed, 0), models: collections };
}

/** Null for a model that is no lazy clone. */
async function dropOf(
  registry: Registry,
  model: string,
  { remoteTags, drop }: { readonly remoteTags: RemoteTags; readonly drop: Drop },
): Promise<ModelCollection | null> {
  try {
    return await withModel(registry, model, async (repository) => {
      if (!isPartialClone(repository)) return null;
      const ids = await droppableParts(registry, repository, { model, remoteTags });
      const { freed, objects, packsDropped, packsRewritten } = await drop(repository, {
        ids,
        sizeMin: DROPPED_FROM,
      });
      return { model, freed, objects, packsDropped, packsRewritten };
    });
  } catch (error) {
    const { code, message } = asCairnError(error);
    if (code === 'cancelled') throw error;
    return { model, freed: 0, objects: 0, packsDropped: 0, packsRewritten: 0, skipped: message };
  }
}

/** The parts of all versions that a remote has under the very tag that is here. A version that cannot be read keeps its own. */
async function droppableParts(
  registry: Registry,
  repository: Repository,
  { model, remoteTags }: { readonly model: string; readonly remoteTags: RemoteTags },
): Promise<ReadonlySet<ObjectId>> {
  const known = await remoteTags.of(repository, model);
  const ids = new Set<ObjectId>();
  for (const { name, tag } of await versionTags(repository, registry, model)) {
    if (tag === null || !known.has(tag)) continue;
    for (const id of await partsOf(repository, { model, version: name }).catch(noneUnlessCancelled))
      ids.add(id);
  }
  // A card, say, that stands among the files of a version too.
  const main = readRef(repository.gitDir, MAIN_REF);
  if (main !== null) for (const id of mainMetadata(repository, main)) ids.delete(id);
  return ids;
}

async function partsOf(repository: Repository, version: VersionTarget): Promise<Iterable<ObjectId>> {
  const stored = await readStoredVersion(repository, version);
  const files = { files: stored.document.files, what: `${version.model}@${version.version}` };
  return distinctParts(await partsOfEach(repository, stored, files)).keys();
}

function noneUnlessCancelled(error: unknown): Iterable<ObjectId> {
  if (asCairnError(error).code === 'cancelled') throw error;
  return [];
}

/** The ids of all tags that remotes have now; each remote is asked once. */
class RemoteTags {
  readonly #registry: Registry;
  readonly #task: TaskOptions;
  readonly #byUrl = new Map<string, Promise<Map<string, ObjectId>>>();

  constructor(registry: Registry, task: TaskOptions) {
    this.#registry = registry;
    this.#task = task;
  }

  /** The id of a tag stands for all that it leads to, whatever its name is there. */
  async of(repository: Repository, model: string): Promise<ReadonlySet<ObjectId>> {
    const ids = new Set<ObjectId>();
    const remotes = promisorRemotes(repository);
    if (remotes.length === 0) throw noRemote(model);
    for (const { url } of remotes) for (const id of (await this.#at(repository, url)).values()) ids.add(id);
    return ids;
  }

  #at({ gitDir }: Repository, url: string): Promise<Map<string, ObjectId>> {
    const known = this.#byUrl.get(url);
    if (known !== undefined) return known;
    const programs = programsOf(this.#registry);
    const { signal } = this.#task;
    const asked = listRemoteRefs(gitDir, url, { programs, ...(signal && { signal }) });
    this.#byUrl.set(url, asked);
    return asked;
  }
}

function noRemote(model: string): CairnError {
  return new CairnError(
    'not-found',
    `${model} has no remote that what was fetched could be fetched from again`,
  );
}
