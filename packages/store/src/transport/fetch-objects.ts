import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import type { Repository } from '../repository/open.ts';
import { gitFailure } from './git-failure.ts';
import { ProgressMeter } from './progress-meter.ts';
import { packNames, publishReceived, type Received } from './received-packs.ts';
import { redactUrl } from './remote-url.ts';
import { runGit } from './run-git.ts';
import { type Staging, withStaging } from './staging.ts';
import { REMOTE } from './staging-config.ts';
import { batchSizeOf, type TransferOptions } from './transfer.ts';
import { needsGit } from './without-git/limits.ts';

export interface FetchObjectsOptions extends TransferOptions {
  /** Those that are there are not asked for. */
  readonly ids: Iterable<ObjectId>;
  /** Bytes of an object where they are known, so that batches can be cut and progress be told by bytes. */
  readonly sizeOf?: (id: ObjectId) => number | undefined;
  /** What is left out of what commits and trees lead to: every blob, unless something else is said. */
  readonly filter?: string;
}

/**
 * Brings objects by their ids, in batches that stay each, as packs that are marked as a partial clone's (`.promisor`).
 *
 * Throws `not-found` with `data.ids` for what the remote does not have (the other batches have come), `network`,
 * `unsupported` for a server that does not give objects by id, `no-space`, `cancelled`.
 */
export async function fetchObjects(
  repository: Repository,
  { ids, sizeOf = () => undefined, filter = ALL_BLOBS, ...options }: FetchObjectsOptions,
): Promise<Received> {
  const stagingOptions = { url: options.url, purpose: 'fetch objects', signal: options.signal, filter };
  if (options.programs.git === null)
    throw needsGit(options.url, 'without Git, objects cannot be fetched by their ids');
  return withStaging(repository, stagingOptions, async (staging) => {
    const missing = [...new Set(ids)].filter((id) => !repository.objects.has(id));
    return fetchMissing(staging, { ...options, repository, ids: missing, sizeOf, filter, isPromised: true });
  });
}

export interface FetchMissingOptions extends TransferOptions {
  readonly repository: Repository;
  readonly ids: readonly ObjectId[];
  readonly sizeOf: (id: ObjectId) => number | undefined;
  /** Whether the packs are to be a partial clone's. */
  readonly isPromised: boolean;
  /** Of the writer that the packs are kept for, until a ref leads to them. */
  readonly label?: string;
  readonly filter?: string;
}

/** Brings objects into a staging, and each batch from there to where it stays. Other packs of the staging stay there. */
export async function fetchMissing(staging: Staging, options: FetchMissingOptions): Promise<Received> {
  const { repository, ids, sizeOf, isPromised, label } = options;
  const except = new Set(packNames(staging.packFolder));
  const meter = new ProgressMeter(options.onProgress, { objects: ids.length, bytes: sumOf(ids, sizeOf) });
  const total = { packs: 0, bytes: 0 };
  const absent: ObjectId[] = [];
  for (const batch of batchesOf(ids, sizeOf, batchSizeOf(options))) {
    absent.push(...(await fetchBatch(staging, batch, { ...options, meter })));
    const received = publishReceived(staging, repository, { isPromised, except, ...(label && { label }) });
    meter.add(batch.length, received.bytes);
    total.packs += received.packs;
    total.bytes += received.bytes;
  }
  if (absent.length > 0) throw notThere(options.url, absent);
  return total;
}

function sumOf(ids: readonly ObjectId[], sizeOf: (id: ObjectId) => number | undefined): number | null {
  const sizes = ids.map(sizeOf);
  return sizes.includes(undefined) ? null : sizes.reduce((sum: number, size) => sum + size!, 0);
}

/** Objects of one batch: their ids are 410 KB of a request. */
const BATCH_COUNT_MAX = 10_000;
/** What an object counts for whose size is not known: a part of the common size. */
const SIZE_UNKNOWN = 1024 * 1024;

function batchesOf(
  ids: readonly ObjectId[],
  sizeOf: (id: ObjectId) => number | undefined,
  batchSize: number,
): ObjectId[][] {
  const batches: ObjectId[][] = [];
  let room = 0;
  for (const id of ids) {
    const size = sizeOf(id) ?? SIZE_UNKNOWN;
    const isFull = size > room || batches.at(-1)?.length === BATCH_COUNT_MAX;
    if (batches.length === 0 || isFull) {
      batches.push([]);
      room = batchSize;
    }
    batches.at(-1)!.push(id);
    room -= size;
  }
  return batches;
}

/** How many objects that the remote does not have are named one by one: each costs a request. */
const ABSENT_MAX = 8;

type BatchOptions = Omit<TransferOptions, 'onProgress'> & {
  readonly meter: ProgressMeter;
  readonly filter?: string;
};

const ALL_BLOBS = 'blob:none';

/** Gives the ids that the remote does not have; the others have come. */
async function fetchBatch(
  staging: Staging,
  batch: readonly ObjectId[],
  { meter, url, programs, signal, filter = ALL_BLOBS }: BatchOptions,
): Promise<ObjectId[]> {
  const absent: ObjectId[] = [];
  for (let wanted = batch; wanted.length > 0; ) {
    const result = await runGit(staging, {
      url,
      programs,
      signal,
      arguments: [
        ...['fetch', '--progress', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'],
        ...[`--filter=${filter}`, '--stdin', REMOTE],
      ],
      // What is asked for is exactly known: telling the server what is here would make it look through both.
      settings: { 'fetch.negotiationAlgorithm': 'noop' },
      input: `${wanted.join('\n')}\n`,
      onLine: meter.line,
    });
    if (result.code === 0) break;
    const id = NOT_THERE.exec(result.stderr)?.[1] as ObjectId | undefined;
    if (id === undefined || !wanted.includes(id)) throw gitFailure(result, { url });
    absent.push(id);
    wanted = wanted.filter((other) => other !== id);
    if (absent.length === ABSENT_MAX) throw notThere(url, absent);
  }
  return absent;
}

const NOT_THERE = /not our ref ([0-9a-f]{40})/;

function notThere(url: string, ids: readonly ObjectId[]): StoreError {
  const shown = redactUrl(url);
  const more = ids.length === ABSENT_MAX ? ' and perhaps more' : '';
  const what = ids.length === 1 ? `object ${ids[0]}` : `${ids.length} objects${more}, such as ${ids[0]}`;
  return new StoreError('not-found', `${shown} does not have ${what}`, {
    hint: 'whoever made it must push it first; or bring it from another remote',
    data: { url: shown, ids },
  });
}
