import { StoreError } from '../errors.ts';
import { isObjectId, type ObjectId } from '../objects/object-id.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { type Link, linksOf } from './links.ts';
import { MARK, type ObjectTable } from './object-table.ts';
import type { Pace } from './pace.ts';

/** What is walked, and how. */
export interface Walk {
  readonly objects: ObjectStore;
  readonly table: ObjectTable;
  /** Commits whose parents are not followed. */
  readonly shallow: ReadonlySet<ObjectId>;
  /** Whether an object that is missing here has been promised by the remote of a partial clone. */
  readonly isPromised: (id: ObjectId) => boolean;
  readonly pace: Pace;
  /** Told of each object that is missing, as often as one leads to it. */
  readonly onMissing?: (id: ObjectId) => void;
}

/** What is left on the objects on the way, and what a damaged one means. */
export interface WalkManner {
  readonly reached: number;
  readonly walked: number;
  /**
   * Whether an object that is missing or unreadable ends the walk with `damaged`. Otherwise it leads nowhere:
   * right where nothing is removed because of what was not reached.
   */
  readonly strict: boolean;
}

/** From refs that stay. */
export const FROM_REFS: WalkManner = { reached: MARK.reached, walked: MARK.walked, strict: true };

/** From what is kept for another reason, and may be incomplete. */
export const FROM_OTHERS: WalkManner = { ...FROM_REFS, strict: false };

/** From refs that go, after all that stays has been marked. A broken version can be deleted. */
export const FROM_DOOMED: WalkManner = { reached: MARK.doomed, walked: MARK.doomedWalked, strict: false };

/**
 * Marks everything that the roots lead to. Each object is visited once, and blobs are marked without being
 * read. What `FROM_REFS` has walked is not walked again in any manner.
 */
export async function markFrom(roots: Iterable<ObjectId>, walk: Walk, manner: WalkManner): Promise<void> {
  const marker = new Marker(walk, manner);
  for (const root of roots) {
    marker.enter({ id: root, kind: null }, 'a ref');
    await marker.drain();
  }
}

class Marker {
  readonly #walk: Walk;
  readonly #manner: WalkManner;
  /** Positions of objects to be read; each gets here once. */
  readonly #waiting: number[] = [];
  #done = 0;

  constructor(walk: Walk, manner: WalkManner) {
    this.#walk = walk;
    this.#manner = manner;
  }

  /**
   * An object that is said to be a blob is only marked as reached. Should a hostile tree have said so of a
   * tree, it is still walked when someone else names it.
   */
  enter({ id, kind }: Link, from: string): void {
    const { table } = this.#walk;
    const { reached, walked } = this.#manner;
    const position = table.find(id);
    if (position === null) {
      this.#miss(id, from);
    } else if (kind === 'blob' || (kind === null && this.#isBlob(id))) {
      table.mark(position, reached);
    } else if (!table.has(position, walked | MARK.walked)) {
      table.mark(position, reached | walked);
      this.#waiting.push(position);
    }
  }

  async drain(): Promise<void> {
    const { table, pace } = this.#walk;
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      const id = table.idAt(next);
      for (const link of this.#linksFrom(id)) this.enter(link, id);
      this.#done++;
      await pace.step(() => ({ phase: 'marking', done: this.#done, total: table.count }));
    }
  }

  #linksFrom(id: ObjectId): readonly Link[] {
    const { objects, shallow } = this.#walk;
    return this.#leniently([], () => {
      const links = linksOf(objects.readSync(id));
      return shallow.has(id) ? links.filter(({ kind }) => kind !== 'commit') : links;
    });
  }

  #isBlob(id: ObjectId): boolean {
    return this.#leniently(true, () => this.#walk.objects.sizeOf(id).kind === 'blob');
  }

  #leniently<T>(otherwise: T, look: () => T): T {
    try {
      return look();
    } catch (error) {
      if (this.#manner.strict || !(error instanceof StoreError)) throw error;
      return otherwise;
    }
  }

  /** `from` is what names the object: another one, by its id, or what messages call it. */
  #miss(id: ObjectId, from: string): void {
    const { table, isPromised, onMissing } = this.#walk;
    onMissing?.(id);
    if (!this.#manner.strict) return;
    const position = isObjectId(from) ? table.find(from) : null;
    if ((position !== null && table.has(position, MARK.fetched)) || isPromised(id)) return;
    throw new StoreError('damaged', `object ${id} is missing: ${from} leads to it`, {
      hint: 'bring it back from another copy of the repository, with `git fetch`; nothing was removed',
      data: { id },
    });
  }
}
