import type { ObjectId } from '../objects/object-id.ts';
import { type CopyPlan, planCopy } from '../pack/copy-plan.ts';
import type { PackFile } from '../pack/pack-file.ts';
import { MARK, type ObjectTable } from './object-table.ts';
import type { Survey, SurveyedPack } from './survey.ts';

/** A pack that does not stay as it is. */
export interface Verdict {
  readonly pack: SurveyedPack;
  /** What objects that are copied out of it have as their home; 0 when the whole pack goes. */
  readonly home: number;
  /** Bytes of the pack and the index that take its place. */
  readonly newSize: number;
}

export interface Judgement {
  readonly verdicts: readonly Verdict[];
  /** The packs that objects are kept in or copied out of, by the number that these have as their home. */
  readonly homes: ReadonlyMap<number, PackFile>;
}

export interface JudgeOptions {
  readonly isDead: (position: number) => boolean;
  /** Whether a pack may be touched at all. */
  readonly isOpen: (pack: SurveyedPack) => boolean;
  /** Whether packs go that hold nothing but copies of what other packs have. */
  readonly dropCopies: boolean;
  /** Bytes by which a pack may grow to be rid of what is dead in it. */
  readonly growthMax: number;
}

/**
 * Decides about every pack, so that each living object keeps a home:
 *
 * - a pack that may not be touched, or has nothing dead in it, stays, and is home to all it has;
 * - a pack with dead objects is dropped, or written anew with those living ones that have no home yet, unless
 *   that makes it too large: a delta whose base is dead has to be written whole;
 * - what is left of a crash, a pack that only repeats others, is dropped.
 *
 * Packs of a partial clone come first, and what lives in one of them lives in one of them afterwards: only from there
 * may it refer to what is missing.
 */
export function judgePacks({ packs, table }: Survey, options: JudgeOptions): Judgement {
  const judge = new Judge(table, options);
  const [open, closed] = parted(packs, options.isOpen);
  for (const pack of closed) judge.keep(pack);
  for (const kind of parted(open, ({ disk }) => disk.isPromisor)) {
    const [mixed, living] = parted(kind, (pack) => judge.hasDead(pack));
    for (const pack of largestFirst(living)) judge.judgeLiving(pack);
    for (const pack of mixed) judge.judgeMixed(pack);
  }
  return judge;
}

/** The copy that a verdict stands for: the same each time. */
export function copyFor({ pack, home }: Pick<Verdict, 'pack' | 'home'>, table: ObjectTable): CopyPlan {
  return planCopy([pack.file], (id) => {
    const position = table.find(id);
    return position !== null && table.home(position) === home;
  });
}

function copySize(verdict: Pick<Verdict, 'pack' | 'home'>, table: ObjectTable): number {
  const { packSize, indexSize } = copyFor(verdict, table);
  return packSize + indexSize;
}

class Judge implements Judgement {
  readonly verdicts: Verdict[] = [];
  readonly homes = new Map<number, PackFile>();
  readonly #promisorHomes = new Set<number>();
  readonly #table: ObjectTable;
  readonly #options: JudgeOptions;
  constructor(table: ObjectTable, options: JudgeOptions) {
    this.#table = table;
    this.#options = options;
  }

  hasDead({ file }: SurveyedPack): boolean {
    return file.index.ids().some((id) => this.#options.isDead(this.#positionOf(id)));
  }

  /** The pack stays, with all that is in it. */
  keep(pack: SurveyedPack, home = this.#newHome(pack)): void {
    this.#settle(pack, home, () => true);
  }

  judgeLiving(pack: SurveyedPack): void {
    const isCopy = (id: ObjectId) => this.#hasHome(this.#positionOf(id), pack);
    const isRepeated = this.#options.dropCopies && pack.file.index.ids().every(isCopy);
    if (isRepeated) this.verdicts.push({ pack, home: 0, newSize: 0 });
    else this.keep(pack);
  }

  judgeMixed(pack: SurveyedPack): void {
    const home = this.#newHome(pack);
    const own = this.#settle(pack, home, (position) => !this.#options.isDead(position));
    const newSize = own === 0 ? 0 : copySize({ pack, home }, this.#table);
    if (newSize >= pack.disk.size + this.#options.growthMax) this.keep(pack, home);
    else this.verdicts.push({ pack, home: own === 0 ? 0 : home, newSize });
  }

  #newHome({ file, disk }: SurveyedPack): number {
    const home = this.homes.size + 1;
    this.homes.set(home, file);
    if (disk.isPromisor) this.#promisorHomes.add(home);
    return home;
  }

  /** Whether an object has a home where it is as well off as in this pack. */
  #hasHome(position: number, { disk }: SurveyedPack): boolean {
    const home = this.#table.home(position);
    return home !== 0 && (!disk.isPromisor || this.#promisorHomes.has(home));
  }

  /** Gives a home to those objects of a pack that have none, and says how many there were. */
  #settle(pack: SurveyedPack, home: number, isMeant: (position: number) => boolean): number {
    let count = 0;
    for (const id of pack.file.index.ids()) {
      const position = this.#positionOf(id);
      if (this.#hasHome(position, pack) || !isMeant(position)) continue;
      this.#table.setHome(position, home);
      count++;
    }
    return count;
  }

  #positionOf(id: ObjectId): number {
    return this.#table.find(id)!;
  }
}

/** How many objects no pack keeps any more, of those in packs and files that go; each is counted once. */
export function countGone(ids: Iterable<ObjectId>, table: ObjectTable): number {
  let count = 0;
  for (const id of ids) {
    const position = table.find(id)!;
    if (table.home(position) !== 0 || table.has(position, MARK.counted)) continue;
    table.mark(position, MARK.counted);
    count++;
  }
  return count;
}

function parted<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  const [first, second]: [T[], T[]] = [[], []];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}

function largestFirst(packs: readonly SurveyedPack[]): SurveyedPack[] {
  return packs.toSorted((one, other) => other.file.index.count - one.file.index.count);
}
