import { setImmediate } from 'node:timers/promises';
import { type Link, linksOf } from '../collect/links.ts';
import { shallowCommits } from '../collect/roots.ts';
import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { openObjectStore } from '../pack/object-store.ts';
import { listRefs } from '../refs/ref-store.ts';
import type { Repository } from '../repository/open.ts';
import type { ArrivedRefs } from './fetched-refs.ts';
import { KnownCommits } from './known-commits.ts';
import { COMMITS_MAX, type ObjectReader, together } from './reach.ts';
import { redactUrl } from './remote-url.ts';
import type { Staging } from './staging.ts';
import type { TransferOptions } from './transfer.ts';

export interface CheckArrivedOptions extends Pick<TransferOptions, 'url' | 'signal'> {
  readonly arrived: ArrivedRefs;
  /** Whether blobs may have been left out, so that nobody asks for those. */
  readonly filtered: boolean;
}

/**
 * Looks through what refs that have arrived lead to, as far as no ref of the repository did, and gives the blobs that are
 * neither in the staging nor in the repository, in the order of their trees; none where they may have been left out.
 *
 * Git does not look: where objects may be missing because a remote has them, it takes whatever is missing for such. But
 * no filter of Cairn's leaves out anything but blobs, so that other objects were withheld.
 *
 * Throws `damaged` for a missing commit, tree or tag, `hostile` for too many commits, `cancelled`.
 */
export async function checkArrived(
  staging: Staging,
  repository: Repository,
  { arrived, ...options }: CheckArrivedOptions,
): Promise<Set<ObjectId>> {
  const { gitDir, objects } = repository;
  const refs = new Set([...listRefs(gitDir, 'refs/', () => {}).values()].map(({ id }) => id));
  const tips = [...new Set(arrived.values())].filter((id) => !refs.has(id));
  if (tips.length === 0) return new Set();
  const fresh = openObjectStore(staging.gitDir);
  try {
    const limits = { known: new KnownCommits(repository), shallow: shallowCommits(gitDir) };
    return await new Arrival(together(objects, fresh), { ...options, ...limits }).walk(tips);
  } finally {
    fresh.close();
  }
}

/** For an object that a remote has, or says that it has, and does not give. */
export function notSent(url: string, what: string): StoreError {
  return new StoreError('damaged', `${redactUrl(url)}: the remote did not send ${what}`, {
    hint: 'the repository there is damaged, or its server withholds it: run `git fsck` there',
    data: { url: redactUrl(url) },
  });
}

interface ArrivalOptions extends Omit<CheckArrivedOptions, 'arrived'> {
  /** Commits that refs of the repository led to. */
  readonly known: KnownCommits;
  /** Commits whose parents are not here on purpose. */
  readonly shallow: ReadonlySet<ObjectId>;
}

/** Objects between two pauses: some milliseconds of work. */
const STEPS_PER_TURN = 256;

class Arrival {
  readonly #objects: ObjectReader;
  readonly #options: ArrivalOptions;
  readonly #commits = new Set<ObjectId>();
  readonly #trees = new Set<ObjectId>();
  readonly #absent = new Set<ObjectId>();
  #steps = 0;

  constructor(objects: ObjectReader, options: ArrivalOptions) {
    this.#objects = objects;
    this.#options = options;
  }

  async walk(tips: readonly ObjectId[]): Promise<Set<ObjectId>> {
    const roots: ObjectId[] = [];
    for (const id of tips) await this.#enterTip(id, roots);
    // A set goes on with what is added while it is walked.
    for (const commit of this.#commits) roots.push(await this.#walkCommit(commit));
    for (const root of roots) await this.#walkTree(root);
    return this.#absent;
  }

  /** Through tags to what they stand for in the end. */
  async #enterTip(tip: ObjectId, roots: ObjectId[]): Promise<void> {
    for (let id: ObjectId | undefined = tip; id !== undefined; ) {
      const kind: string = this.#objects.has(id) ? this.#objects.sizeOf(id).kind : 'object';
      if (kind === 'object') throw notSent(this.#options.url, `object ${id}`);
      if (kind === 'commit') this.#enterCommit(id);
      if (kind === 'tree') roots.push(id);
      id = kind === 'tag' ? (await this.#linksOf({ id, kind }))[0]?.id : undefined;
    }
  }

  #enterCommit(id: ObjectId): void {
    if (!this.#options.known.has(id)) this.#commits.add(id);
    if (this.#commits.size > COMMITS_MAX)
      throw new StoreError('hostile', `more than ${COMMITS_MAX} commits to transfer`);
  }

  /** Gives its tree. */
  async #walkCommit(id: ObjectId): Promise<ObjectId> {
    const [tree, ...parents] = await this.#linksOf({ id, kind: 'commit' });
    const isCutOff = this.#options.shallow.has(id);
    for (const parent of parents) {
      if (!isCutOff || this.#objects.has(parent.id)) this.#enterCommit(parent.id);
    }
    return tree!.id;
  }

  async #walkTree(root: ObjectId): Promise<void> {
    const waiting = [root];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (this.#trees.has(id)) continue;
      this.#trees.add(id);
      const links = await this.#linksOf({ id, kind: 'tree' });
      for (const link of links) if (link.kind === 'blob') this.#enterBlob(link.id);
      for (const link of links.toReversed()) if (link.kind === 'tree') waiting.push(link.id);
    }
  }

  #enterBlob(id: ObjectId): void {
    if (!this.#options.filtered && !this.#objects.has(id)) this.#absent.add(id);
  }

  /** Gives the thread's other work its turn now and then, so that the user can end it. */
  async #linksOf({ id, kind }: { id: ObjectId; kind: string }): Promise<readonly Link[]> {
    const { url, signal } = this.#options;
    if (++this.#steps % STEPS_PER_TURN === 0) await setImmediate();
    if (signal?.aborted) throw new StoreError('cancelled', `${redactUrl(url)}: cancelled`);
    if (!this.#objects.has(id)) throw notSent(url, `${kind} ${id}`);
    const object = this.#objects.readSync(id);
    if (object.kind === kind) return linksOf(object);
    throw new StoreError(
      'hostile',
      `${redactUrl(url)}: expected ${id} to be a ${kind}, got a ${object.kind}`,
    );
  }
}
