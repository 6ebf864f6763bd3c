import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { releasePacks } from '../pack/keep-file.ts';
import { listRefs } from '../refs/ref-store.ts';
import type { Repository } from '../repository/open.ts';
import { checkArrived, notSent } from './arrived-objects.ts';
import { fetchMissing } from './fetch-objects.ts';
import { type ArrivedRefs, type FetchedRef, takeOverRefs } from './fetched-refs.ts';
import { gitFailure } from './git-failure.ts';
import { ProgressMeter } from './progress-meter.ts';
import { publishReceived, type Received } from './received-packs.ts';
import { parseRefspec, type Refspec } from './refspec.ts';
import { runGit } from './run-git.ts';
import type { ProgramResult } from './run-program.ts';
import { type Staging, withStaging } from './staging.ts';
import { REMOTE } from './staging-config.ts';
import type { TransferOptions } from './transfer.ts';
import { fetchWithoutGit } from './without-git/fetch.ts';

export interface FetchRefsOptions extends TransferOptions {
  /**
   * Such as `refs/tags/name/*:refs/tags/*`. A leading `+` lets a ref go anywhere; without it branches only go
   * forward. What lies below `refs/tags/` is never moved, with or without.
   */
  readonly refspecs: readonly string[];
  /** Such as `blob:limit=64k`, for a partial clone; null or left out brings all that the refs reach. */
  readonly filter?: string | null;
}

export interface FetchResult {
  /** By the name on this side: all refs that the refspecs are about, on either side. */
  readonly refs: readonly FetchedRef[];
  /** Whether a filter was asked for and the server kept to it. */
  readonly filtered: boolean;
  /** Of the packs that were kept. */
  readonly received: Received;
}

/**
 * Brings refs of a remote, with all objects that they reach or with those that the filter leaves. Objects are checked
 * before the repository has them, and durable before a ref names them. What cannot be taken over is told per ref, and
 * nothing on this side is overwritten or removed.
 *
 * With a filter the repository must be set up as a partial clone of the remote (git-config(1),
 * `extensions.partialClone`) before, or what is left out counts as damage.
 *
 * Throws `network`, `hostile` for objects that are none, `damaged` for objects that the remote should have sent and did
 * not, `invalid`, `locked`, `no-space`, `cancelled`.
 */
export async function fetchRefs(
  repository: Repository,
  { filter = null, ...options }: FetchRefsOptions,
): Promise<FetchResult> {
  const refspecs = options.refspecs.map(parseRefspec);
  if (filter !== null && !FILTER.test(filter)) throw new StoreError('invalid', `not a filter: ${filter}`);
  if (refspecs.length === 0) return { refs: [], filtered: false, received: NOTHING };
  const stagingOptions = { ...options, purpose: 'fetch', filter: filter ?? FIRST_FILTER };
  return withStaging(repository, stagingOptions, async (staging) => {
    const { arrived, filtered } = await arrive(staging, repository, { ...options, refspecs, filter });
    const absent = await checkArrived(staging, repository, { ...options, arrived, filtered });
    const label = randomBytes(6).toString('hex');
    try {
      const parts = await complete(staging, repository, { ...options, ids: [...absent], label });
      const rest = publishReceived(staging, repository, { label, isPromised: filtered });
      const refs = await takeOverRefs(repository, { refspecs, arrived }, options.signal);
      return { refs, filtered, received: sumOf(parts, rest) };
    } finally {
      releasePacks(join(repository.gitDir, 'objects', 'pack'), label);
    }
  });
}

interface Arriving extends TransferOptions {
  readonly refspecs: readonly Refspec[];
  readonly filter: string | null;
}

async function arrive(
  staging: Staging,
  repository: Repository,
  { filter, ...options }: Arriving,
): Promise<{ readonly arrived: ArrivedRefs; readonly filtered: boolean }> {
  if (options.programs.git === null) {
    return { arrived: await fetchWithoutGit(staging, repository, options), filtered: false };
  }
  const { stderr } = await fetchInto(staging, { ...options, filter: filter ?? FIRST_FILTER });
  return { arrived: arrivedIn(staging), filtered: filter !== null && !UNFILTERED.test(stderr) };
}

/**
 * What is left out at first of a fetch that is to bring everything. Git finds out by histories what is here; versions are
 * not in one another's history, and it would bring all their parts each time. So the large blobs come by their ids, as
 * far as they are not here, and in batches that stay.
 */
const FIRST_FILTER = 'blob:limit=64k';

interface Completing extends TransferOptions {
  readonly ids: readonly ObjectId[];
  readonly label: string;
}

/** Brings the blobs that were left out at first and are not here. */
async function complete(
  staging: Staging,
  repository: Repository,
  { ids, ...options }: Completing,
): Promise<Received> {
  if (ids.length === 0) return NOTHING;
  if (options.programs.git === null) throw notSent(options.url, `object ${ids[0]}`);
  return fetchMissing(staging, {
    ...options,
    repository,
    ids,
    sizeOf: () => undefined,
    isPromised: false,
  });
}

/** The filters that a clone of Cairn can have: by size, or without any blob. */
const FILTER = /^blob:(?:none|limit=\d{1,12}[kmg]?)$/;
const UNFILTERED = /filtering not recognized by server/;

/** Where refs arrive in the staging, whatever they are to be called: so that no rule of Git's stands in their way. */
const INCOMING = 'refs/cairn-incoming/';

/** Git ends at the first ref that the remote does not have: that one is left out, and the others are asked for again. */
async function fetchInto(staging: Staging, { refspecs, ...options }: Arriving): Promise<ProgramResult> {
  let wanted = refspecs;
  for (;;) {
    const result = await fetchOnce(staging, { ...options, refspecs: wanted });
    if (result.code === 0) return result;
    const missing = /couldn't find remote ref (.+)$/m.exec(result.stderr)?.[1];
    const left = wanted.filter(({ source }) => source !== missing);
    if (left.length === wanted.length) throw gitFailure(result, options);
    if (left.length === 0) return result;
    wanted = left;
  }
}

function fetchOnce(
  staging: Staging,
  { refspecs, filter, url, programs, signal, onProgress }: Arriving,
): Promise<ProgramResult> {
  const lines = refspecs.map(
    ({ source, target }) => `+${source}:${INCOMING}${target.slice('refs/'.length)}\n`,
  );
  return runGit(staging, {
    ...{ url, programs, signal },
    arguments: [
      ...['fetch', '--progress', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--stdin'],
      ...[`--filter=${filter}`, REMOTE],
    ],
    input: lines.join(''),
    onLine: new ProgressMeter(onProgress).line,
  });
}

const NOTHING: Received = { packs: 0, bytes: 0 };

function sumOf(one: Received, other: Received): Received {
  return { packs: one.packs + other.packs, bytes: one.bytes + other.bytes };
}

function arrivedIn({ gitDir }: Staging): ArrivedRefs {
  const refs = new Map<string, ObjectId>();
  for (const [name, { id }] of listRefs(gitDir, INCOMING))
    refs.set(`refs/${name.slice(INCOMING.length)}`, id);
  return refs;
}
