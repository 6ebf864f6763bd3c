import { StoreError, translated } from '../errors.ts';
import { type GitObject, hashObject, type ObjectId } from '../objects/object-id.ts';
import { BaseCache } from './base-cache.ts';
import { ENTRY_HEADER_LENGTH_MAX, type EntryHeader, encodeEntryHeader, parseEntryHeader } from './entry.ts';
import { type IndexEntry, indexSize, isLargeOffset } from './index-format.ts';
import { PACK_HEADER_SIZE, PACK_TRAILER_SIZE, type PackFile } from './pack-file.ts';
import { readPacked } from './packed-object.ts';
import { runSync } from './steps.ts';
import { encodeWholeEntry } from './whole-entry.ts';

/** An entry of a pack with everything that is known about where it lies. */
export interface PlacedEntry extends IndexEntry {
  readonly pack: PackFile;
  /** Bytes of the entry, header included. */
  readonly length: number;
}

/** How one object gets into the new pack. */
export type CopyStep =
  /** Byte for byte. */
  | { readonly how: 'as-is'; readonly entry: PlacedEntry }
  /** A delta whose base has another distance now: a new header before the same stream. */
  | {
      readonly how: 'new-header';
      readonly entry: PlacedEntry;
      readonly header: Buffer;
      readonly oldHeaderLength: number;
    }
  /** A delta whose base stays behind: the whole object instead. */
  | { readonly how: 'whole'; readonly entry: PlacedEntry };

/** What a copy will do, and exactly how many bytes it will take up. */
export interface CopyPlan {
  readonly steps: readonly CopyStep[];
  readonly packSize: number;
  readonly indexSize: number;
}

/**
 * Plans a new pack out of the wanted objects of several packs: pack after pack in the order given, in each in
 * the order of offsets, each object from the first pack that has it. Nothing is written.
 *
 * Headers are read and deltas that lose their base are built, so that the sizes are exact. Throws `damaged` when
 * an index does not fit its pack.
 */
export function planCopy(packs: readonly PackFile[], isWanted: (id: ObjectId) => boolean): CopyPlan {
  const planner = new CopyPlanner(isWanted);
  for (const pack of packs) {
    try {
      planner.addPack(pack);
    } catch (error) {
      throw translated(error, `plan a copy of ${pack.packPath}`);
    }
  }
  return planner.plan();
}

class CopyPlanner {
  readonly #isWanted: (id: ObjectId) => boolean;
  /** Where each planned object begins in the new pack. */
  readonly #offsets = new Map<ObjectId, number>();
  readonly #steps: CopyStep[] = [];
  #end = PACK_HEADER_SIZE;
  #largeCount = 0;

  constructor(isWanted: (id: ObjectId) => boolean) {
    this.#isWanted = isWanted;
  }

  addPack(pack: PackFile): void {
    const entries = entriesInOrder(pack);
    const bases = new BaseCache<GitObject>();
    for (const entry of entries) {
      if (!this.#isWanted(entry.id) || this.#offsets.has(entry.id)) continue;
      const { step, length } = this.#planEntry(entry, entries, bases);
      this.#steps.push(step);
      this.#offsets.set(entry.id, this.#end);
      if (isLargeOffset(this.#end)) this.#largeCount++;
      this.#end += length;
    }
  }

  plan(): CopyPlan {
    return {
      steps: this.#steps,
      packSize: this.#end + PACK_TRAILER_SIZE,
      indexSize: indexSize(this.#steps.length, this.#largeCount),
    };
  }

  #planEntry(entry: PlacedEntry, entries: readonly PlacedEntry[], bases: BaseCache<GitObject>): PlannedStep {
    const { header, length } = readHeader(entry);
    if (header.kind === 'offset-delta') {
      const base = idAt(entries, entry, entry.offset - header.distance);
      const baseOffset = this.#offsets.get(base);
      if (baseOffset === undefined) return planWhole(entry, bases);
      const distance = this.#end - baseOffset;
      if (distance !== header.distance) return planMoved(entry, { ...header, distance }, length);
    }
    if (header.kind === 'id-delta' && !this.#isWanted(header.base)) return planWhole(entry, bases);
    return { step: { how: 'as-is', entry }, length: entry.length };
  }
}

interface PlannedStep {
  readonly step: CopyStep;
  readonly length: number;
}

/** The entries of a pack by their offsets, each ending where the next begins. */
function entriesInOrder(pack: PackFile): PlacedEntry[] {
  const sorted = pack.index.entries().sort((one, other) => one.offset - other.offset);
  return sorted.map((entry, position) => {
    const end = sorted[position + 1]?.offset ?? pack.end;
    pack.checkOffset(entry.offset);
    if (end <= entry.offset) {
      throw new StoreError('damaged', `${pack.index.path}: two objects begin at ${entry.offset}`);
    }
    return { ...entry, pack, length: end - entry.offset };
  });
}

function readHeader({ pack, offset, length }: PlacedEntry): { header: EntryHeader; length: number } {
  const start = Buffer.allocUnsafe(Math.min(length, ENTRY_HEADER_LENGTH_MAX));
  return parseEntryHeader(pack.files.readSync(pack.packPath, start, offset), 0);
}

/** The object whose entry begins exactly at an offset. */
function idAt(entries: readonly PlacedEntry[], delta: PlacedEntry, offset: number): ObjectId {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  const base = entries[low];
  if (base?.offset === offset) return base.id;
  throw new StoreError(
    'damaged',
    `${delta.pack.packPath}: the base of ${delta.id} at ${offset} is not in the index`,
  );
}

function planMoved(entry: PlacedEntry, moved: EntryHeader, oldHeaderLength: number): PlannedStep {
  const header = encodeEntryHeader(moved);
  const length = entry.length - oldHeaderLength + header.length;
  return { step: { how: 'new-header', entry, header, oldHeaderLength }, length };
}

function planWhole(entry: PlacedEntry, bases: BaseCache<GitObject>): PlannedStep {
  const [header, stream] = encodeWhole(entry, bases);
  return { step: { how: 'whole', entry }, length: header.length + stream.length };
}

/** The two pieces of a whole entry for an object that is a delta in its old pack; the same bytes every time. */
export function encodeWhole(
  { pack, offset, id }: PlacedEntry,
  bases = new BaseCache<GitObject>(),
): [Buffer, Buffer] {
  const { kind, bytes } = runSync(pack.files, readPacked(pack, offset, { cache: bases }));
  const got = hashObject(kind, bytes);
  if (got !== id) throw new StoreError('damaged', `${pack.packPath}: expected the SHA-1 ${id}, got ${got}`);
  return encodeWholeEntry(kind, bytes, 'deflated');
}
