import {
  fetchObjects,
  type ObjectId,
  type PromisorRemote,
  promisorRemotes,
  type Repository,
  StoreError,
  type TransferProgress,
} from '@cairn/store';
import { CairnError } from '../errors.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { tidyUp } from '../upkeep/tidy-up.ts';
import type { BringOptions, Brought } from './bringing.ts';

export interface FetchMissingOptions extends TaskOptions, Pick<BringOptions, 'what' | 'sizes'> {
  /** Objects that are not here, each once. */
  readonly missing: readonly ObjectId[];
}

/** Asks one remote after the other for what is still missing. Throws as `bringObjects` does. */
export async function fetchMissing(
  registry: Registry,
  repository: Repository,
  options: FetchMissingOptions,
): Promise<Brought> {
  const remotes = promisorRemotes(repository);
  if (remotes.length === 0) throw noRemote(options);
  let missing = options.missing;
  let failure: unknown;
  for (const remote of remotes) {
    checkCancelled(options.signal);
    try {
      await fetchFrom(registry, repository, { ...options, missing, remote });
    } catch (error) {
      if (!isOfTheRemote(error)) throw error;
      failure ??= error;
    }
    repository.objects.refresh();
    missing = missing.filter((id) => !repository.objects.has(id));
    if (missing.length === 0) break;
  }
  if (missing.length > 0) throw stillMissing({ ...options, missing, remotes, failure });
  // Each range that is read brings a pack of its own.
  await tidyUp(repository);
  return { fetched: { objects: options.missing.length, bytes: sizeOfAll(repository, options) } };
}

interface FetchFrom extends FetchMissingOptions {
  readonly remote: PromisorRemote;
}

async function fetchFrom(
  { environment: { programs } }: Registry,
  repository: Repository,
  { missing, remote, what, signal, ...options }: FetchFrom,
): Promise<void> {
  if (programs === undefined) throw noPrograms({ missing, what });
  await fetchObjects(repository, {
    url: remote.url,
    ids: missing,
    sizeOf: (id) => options.sizes?.get(id),
    programs,
    ...(signal && { signal }),
    onProgress: toldAs({ ...options, missing }),
  });
}

/** Parts are counted where files are elsewhere. */
function toldAs({
  sizes,
  onProgress,
  missing,
}: Pick<FetchMissingOptions, 'sizes' | 'onProgress' | 'missing'>): (progress: TransferProgress) => void {
  const known = missing.reduce((sum, id) => sum + (sizes?.get(id) ?? 0), 0);
  return ({ done, bytes, bytesTotal }) => {
    const total = bytesTotal ?? known;
    onProgress?.({
      phase: 'fetching',
      done: total > 0 ? Math.min(bytes, total) : bytes,
      total,
      files: { done: Math.min(done, missing.length), total: missing.length },
    });
  };
}

/** Another remote may do what this one does not; a full disk stays full. */
function isOfTheRemote(error: unknown): boolean {
  return error instanceof StoreError && REMOTE_CODES.has(error.code);
}

const REMOTE_CODES: ReadonlySet<string> = new Set(['network', 'not-found', 'invalid', 'unsupported']);

function sizeOfAll(repository: Repository, { missing, sizes }: FetchMissingOptions): number {
  return missing.reduce((sum, id) => sum + (sizes?.get(id) ?? repository.objects.sizeOf(id).size), 0);
}

interface Lacking extends Pick<FetchMissingOptions, 'what' | 'missing'> {}

function lacking({ what, missing }: Lacking): string {
  const count = missing.length === 1 ? 'a part' : `${missing.length} parts`;
  return `${what} is not all here: this lazy clone lacks ${count} of it`;
}

function noRemote(found: Lacking): CairnError {
  return new CairnError('not-found', `${lacking(found)}, and no remote is set that has promised them`, {
    hint: 'name the place it was cloned from with `cairn remote add`, or take it from a full clone',
    data: { promised: true, missing: found.missing.length },
  });
}

function noPrograms(found: Lacking): CairnError {
  return new CairnError('unsupported', `${lacking(found)}, and no programs may be run here to fetch them`, {
    hint: 'fetch it first, with `cairn fetch-files`',
    data: { promised: true },
  });
}

interface StillMissing extends Lacking {
  readonly remotes: readonly PromisorRemote[];
  /** What the first remote that failed said. */
  readonly failure: unknown;
}

function stillMissing({ remotes, failure, ...found }: StillMissing): CairnError {
  const names = remotes.map(({ name }) => name).join(' and ');
  const data = { promised: true, missing: found.missing.length };
  if (failure instanceof StoreError && failure.code !== 'not-found') {
    return new CairnError(failure.code, `${lacking(found)}, and ${failure.message}`, {
      data: { ...failure.data, ...data },
      cause: failure,
      ...(failure.hint !== undefined && { hint: failure.hint }),
    });
  }
  return new CairnError('not-found', `${lacking(found)}, and ${names} does not have them any more`, {
    hint: 'the version may have been deleted there: push it again from a clone that has all of it',
    data: { ...data, ids: found.missing.slice(0, IDS_TOLD) },
    ...(failure !== undefined && { cause: failure }),
  });
}

/** Ids of objects in the data of an error: enough to look for. */
const IDS_TOLD = 20;
