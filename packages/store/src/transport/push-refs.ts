import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { checkRefName } from '../refs/ref-name.ts';
import type { Repository } from '../repository/open.ts';
import { isAncestor } from './ancestry.ts';
import { listFrom } from './list-remote-refs.ts';
import { ProgressMeter } from './progress-meter.ts';
import { checkHere, type PushPlan, planPush } from './push-plan.ts';
import { accepted, type PushResult, type RefUpdate, rejected } from './ref-update.ts';
import { redactUrl } from './remote-url.ts';
import { needsLease, runPush } from './run-push.ts';
import { type Staging, withStaging } from './staging.ts';
import { batchSizeOf, type TransferOptions } from './transfer.ts';
import { finishedUploads, stageLink, stageUploads, type Upload } from './uploads.ts';
import { needsGit } from './without-git/limits.ts';
import { pushWithoutGit } from './without-git/push.ts';

export interface PushRefsOptions extends TransferOptions {
  readonly updates: readonly RefUpdate[];
  /** All refs or none. Throws `unsupported` where the server cannot do that. */
  readonly atomic?: boolean;
  /** What the remote has, as a listing of this moment gave it; asked for when left out. */
  readonly remoteRefs?: ReadonlyMap<string, ObjectId>;
}

type RemoteRefs = ReadonlyMap<string, ObjectId>;
type PushOptions = Omit<PushRefsOptions, 'updates' | 'remoteRefs'>;

/**
 * Sets refs on a remote, and sends what it lacks: as it is packed here, without looking for deltas, and without what any
 * of its refs holds already. Much goes in batches that stay when the connection is cut, under `refs/cairn/uploads/`; the
 * next push of the same goes on from there and removes them.
 *
 * Gives one result for each update, in their order. Throws `not-found` with `data.ids` for objects that are neither here
 * nor there, `network`, `no-space`, `invalid`, `cancelled`.
 */
export async function pushRefs(repository: Repository, options: PushRefsOptions): Promise<PushResult[]> {
  const { updates, remoteRefs, ...rest } = options;
  for (const { remote } of updates) checkRefName(remote);
  if (updates.length === 0) return [];
  const stagingOptions = { url: options.url, purpose: 'push', signal: options.signal };
  return withStaging(repository, stagingOptions, async (staging) => {
    const there = remoteRefs ?? (await listFrom(staging, options));
    const foreseen = updates.map((update) => foresee(repository, update, there));
    const due = updates.filter((_, index) => foreseen[index] === null);
    const isHopeless = options.atomic && foreseen.some((result) => result?.ok === false);
    const results = isHopeless
      ? due.map((update) => rejected(update, 'not-tried'))
      : await pushDue({ repository, staging, there }, due, rest);
    return foreseen.map((result) => result ?? results.shift()!);
  });
}

/** What is clear before anything is sent; null for what has to be tried. */
function foresee({ objects }: Repository, update: RefUpdate, there: RemoteRefs): PushResult | null {
  const { local, remote, expect, force } = update;
  const found = there.get(remote) ?? null;
  if (local === found) return accepted(update, true);
  if (found !== expect) return rejected(update, expect === null ? 'exists' : 'moved');
  if (local === null || expect === null || force || !remote.startsWith('refs/heads/')) return null;
  return isAncestor(objects, expect, local) ? null : rejected(update, 'not-fast-forward');
}

interface Push {
  readonly repository: Repository;
  readonly staging: Staging;
  readonly there: RemoteRefs;
}

async function pushDue(push: Push, due: readonly RefUpdate[], options: PushOptions): Promise<PushResult[]> {
  const tips = due.flatMap(({ local }) => local ?? []);
  if (due.length === 0) return [];
  if (options.programs.git === null) {
    if (options.atomic && due.length > 1)
      throw needsGit(options.url, 'without Git, each ref is set by itself');
    return pushWithoutGit(push.staging, push.repository, { ...options, updates: due, there: push.there });
  }
  if (tips.length === 0)
    return runPush(push.staging, { ...options, updates: due, meter: new ProgressMeter(undefined) });
  checkHere(push.repository.objects, tips);
  const plan = planPush(push.repository.objects, tips, push.there);
  // The first one names what is pushed: of versions, it is one whose tag the remote will have in the end.
  const tip = tips.toSorted().find((id) => !isCommit(push.repository, id)) ?? tips.toSorted()[0]!;
  const meter = new ProgressMeter(options.onProgress, expectedOf(plan));
  const sent = await sendUploads(
    push,
    stageUploads(push.staging, { plan, tip, batchSize: batchSizeOf(options) }),
    {
      ...options,
      meter,
    },
  );
  const link = sent === null ? null : stageLink(push.staging, { plan, uploads: sent, tip });
  const results = await pushWith(push, link, due, { ...options, meter });
  const isOver = results.every(({ ok, reason }) => ok || SETTLED.has(reason));
  await removeUploads(push, [...(isOver ? (sent ?? []) : []), ...(link ? [link] : [])], options);
  return results;
}

/** Rejections after which the same push will not be tried again. */
const SETTLED: ReadonlySet<PushResult['reason']> = new Set(['exists', 'moved', 'not-fast-forward']);

function isCommit({ objects }: Repository, id: ObjectId): boolean {
  return objects.has(id) && objects.sizeOf(id).kind === 'commit';
}

function expectedOf({ blobs }: PushPlan): { objects: number | null; bytes: number | null } {
  return { objects: null, bytes: [...blobs.values()].reduce((sum, size) => sum + size, 0) };
}

type MeteredOptions = Omit<PushOptions, 'onProgress'> & { readonly meter: ProgressMeter };

/** Sends batches one by one; those that the remote has stay. Null where the host allows no refs of that name. */
async function sendUploads(
  { staging, there }: Push,
  uploads: readonly Upload[],
  { meter, atomic: _, ...options }: MeteredOptions,
): Promise<readonly Upload[] | null> {
  for (const { ref, commit, objects, bytes } of uploads) {
    const found = there.get(ref) ?? null;
    if (found !== commit) {
      const update = { local: commit, remote: ref, expect: found, force: true };
      const [result] = await runPush(staging, { ...options, meter, updates: [update] });
      if (!result!.ok && result!.reason === 'declined') return null;
      if (!result!.ok && result!.reason !== 'exists' && result!.reason !== 'moved')
        throw notTaken(result!, options.url);
    }
    meter.add(objects, bytes);
  }
  return uploads;
}

function notTaken({ remote, detail }: PushResult, url: string): StoreError {
  return new StoreError('failed', `${redactUrl(url)}: the remote did not take ${remote}: ${detail}`);
}

/** Refs of one run of Git whose expected values stand on its command line, 200 bytes each: Windows takes 32 KB. */
const LEASES_MAX = 100;

/** Sets the refs, with the link for as long as that lasts. A host that does not like the link gets all without it. */
async function pushWith(
  { staging, there }: Push,
  link: Upload | null,
  due: readonly RefUpdate[],
  options: MeteredOptions,
): Promise<PushResult[]> {
  const linking = link && {
    local: link.commit,
    remote: link.ref,
    expect: there.get(link.ref) ?? null,
    force: true,
  };
  const run = (updates: readonly RefUpdate[]) => runPush(staging, { ...options, updates });
  const results = new Map<RefUpdate, PushResult>();
  for (const [index, updates] of chunksOf(due, options.atomic ?? false).entries()) {
    const all = linking && index === 0 ? [...updates, linking] : updates;
    const first = await run(all);
    const isRefused = all.length > updates.length && !first.at(-1)!.ok;
    const again = isRefused && first.slice(0, -1).some(({ ok }) => !ok);
    const final = again ? await run(updates) : first;
    for (const [position, update] of updates.entries()) results.set(update, final[position]!);
  }
  return due.map((update) => results.get(update)!);
}

/** Those that need no expected value all go together. */
function chunksOf(updates: readonly RefUpdate[], isWhole: boolean): RefUpdate[][] {
  const chunks: RefUpdate[][] = [updates.filter((update) => isWhole || !needsLease(update))];
  const leased = updates.filter((update) => !isWhole && needsLease(update));
  const room = LEASES_MAX;
  chunks[0]!.push(...leased.slice(0, room));
  for (let at = room; at < leased.length; at += room) chunks.push(leased.slice(at, at + room));
  return chunks;
}

/** Takes away what only the push needed. When that fails, the next push does it. */
async function removeUploads(
  { staging, there }: Push,
  uploads: readonly Upload[],
  { atomic: _, ...options }: PushOptions,
): Promise<void> {
  const standing = new Map([
    ...finishedUploads(there),
    ...uploads.map(({ ref, commit }) => [ref, commit] as const),
  ]);
  const updates = [...standing].map(([remote, expect]) => ({ local: null, remote, expect }));
  const meter = new ProgressMeter(undefined);
  try {
    for (const chunk of chunksOf(updates, false)) {
      if (chunk.length > 0) await runPush(staging, { ...options, meter, updates: chunk });
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.code === 'cancelled') throw error;
  }
}
