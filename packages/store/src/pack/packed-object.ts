import { StoreError } from '../errors.ts';
import type { GitObject, ObjectKind } from '../objects/object-id.ts';
import type { BaseCache } from './base-cache.ts';
import { applyDelta, parseDeltaSizes } from './delta.ts';
import {
  ENTRY_HEADER_LENGTH_MAX,
  type EntryHeader,
  type ParsedEntryHeader,
  parseEntryHeader,
} from './entry.ts';
import { inflatePrefix, PREFIX_STREAM_SIZE, streamSizeMax } from './inflate.ts';
import { DELTA_DEPTH_MAX, DELTA_WORK_MAX, OBJECT_SIZE_MAX } from './limits.ts';
import type { PackFile } from './pack-file.ts';
import type { Reading } from './steps.ts';
import { beginsStored, compactStored, storedSize } from './stored.ts';

/** What an object is and how many bytes it has. */
export interface ObjectSize {
  readonly kind: ObjectKind;
  readonly size: number;
}

export interface PackedReadOptions {
  readonly cache: BaseCache<GitObject>;
  /** A buffer for the entry, of at least {@link blobBufferSize} bytes; without it, or when too small, a fresh one. */
  readonly into?: Buffer | undefined;
  /** The size that the object must have, so that one read is enough; an object stored whole with another is `damaged`. */
  readonly sizeExpected?: number | undefined;
}

/** Bytes that a buffer needs so that a stored blob of this size can be read into it at once. */
export function blobBufferSize(size: number): number {
  return ENTRY_HEADER_LENGTH_MAX + storedSize(size);
}

/** Bytes that hold the header of an entry and the sizes with which a delta begins, see {@link inflatePrefix}. */
const START_LENGTH = ENTRY_HEADER_LENGTH_MAX + PREFIX_STREAM_SIZE;

/**
 * The object whose entry begins at an offset, built from its chain of deltas where it has one. Whoever calls
 * checks its SHA-1. Throws `damaged` or `hostile`.
 */
export function* readPacked(pack: PackFile, offset: number, options: PackedReadOptions): Reading<GitObject> {
  const chain = new DeltaChain(pack);
  let at = offset;
  let base: GitObject | undefined;
  while (!base) {
    const { header, content } = yield* readEntry(
      pack,
      at,
      at === offset ? options : { cache: options.cache },
    );
    if (isWhole(header)) {
      base = { kind: header.kind, bytes: content };
    } else {
      chain.add(at, content);
      at = baseOffset(pack, at, header);
      base = options.cache.get(cacheKey(pack, at));
    }
  }
  return chain.build(base, at, options.cache);
}

function cacheKey(pack: PackFile, offset: number): string {
  return `${pack.name}:${offset}`;
}

type WholeHeader = Extract<EntryHeader, { kind: ObjectKind }>;
type DeltaHeader = Exclude<EntryHeader, WholeHeader>;

function isWhole(header: EntryHeader): header is WholeHeader {
  return header.kind !== 'offset-delta' && header.kind !== 'id-delta';
}

/** Where the base of a delta begins. Packs on disk are complete: a base is never in another pack. */
function baseOffset(pack: PackFile, at: number, header: DeltaHeader): number {
  if (header.kind === 'offset-delta') return at - header.distance;
  const offset = pack.index.find(Buffer.from(header.base, 'hex'));
  if (offset === null) throw damagedAt(pack, at, `its base ${header.base} is not in the pack`);
  return offset;
}

/** The deltas on the way from an object down to a whole one. */
class DeltaChain {
  readonly #pack: PackFile;
  readonly #deltas: Buffer[] = [];
  readonly #offsets = new Set<number>();
  #size = 0;

  constructor(pack: PackFile) {
    this.#pack = pack;
  }

  add(offset: number, delta: Buffer): void {
    this.#size += delta.length;
    if (this.#offsets.has(offset)) throw damagedAt(this.#pack, offset, 'it is a delta of itself');
    if (this.#offsets.size >= DELTA_DEPTH_MAX) {
      throw hostileAt(this.#pack, offset, `more than ${DELTA_DEPTH_MAX} deltas in a row`);
    }
    if (this.#size > OBJECT_SIZE_MAX) {
      throw hostileAt(this.#pack, offset, `its deltas have more than ${OBJECT_SIZE_MAX} bytes`);
    }
    this.#offsets.add(offset);
    this.#deltas.push(delta);
  }

  /** Applies the deltas to the whole object at their end, and leaves the objects in between in the cache. */
  build(base: GitObject, baseAt: number, cache: BaseCache<GitObject>): GitObject {
    const offsets = [...this.#offsets];
    let object = base;
    let at = baseAt;
    let work = 0;
    for (let step = this.#deltas.length - 1; step >= 0; step--) {
      cache.put(cacheKey(this.#pack, at), object);
      at = offsets[step]!;
      object = { kind: base.kind, bytes: applyDelta(object.bytes, this.#deltas[step]!) };
      work += object.bytes.length;
      if (work > DELTA_WORK_MAX)
        throw hostileAt(this.#pack, at, `its deltas make more than ${DELTA_WORK_MAX} bytes`);
    }
    return object;
  }
}

interface Entry {
  readonly header: EntryHeader;
  readonly content: Buffer;
}

/** One entry, unpacked but not resolved. */
function* readEntry(pack: PackFile, offset: number, options: PackedReadOptions): Reading<Entry> {
  const { sizeExpected, into } = options;
  if (sizeExpected === undefined) return yield* readFromPage(pack, offset);
  const bytes = yield* readRange(pack, offset, blobBufferSize(sizeExpected), into);
  const { header, length } = parseHeader(pack, offset, bytes);
  if (isWhole(header) && header.size !== sizeExpected) {
    throw damagedAt(pack, offset, `it has ${header.size} bytes, expected ${sizeExpected}`);
  }
  const stored = compactStored(bytes, header.size, length);
  const content =
    stored ?? (yield* readStream(pack, offset + length, { size: header.size, isStored: false }));
  return { header, content };
}

/** An entry of which nothing is known: most are small, and lie on one page together with others. */
function* readFromPage(pack: PackFile, offset: number): Reading<Entry> {
  const page = yield* readStart(pack, offset);
  const { header, length } = parseHeader(pack, offset, page);
  const streamMax = Math.min(streamSizeMax(header.size), pack.end - offset - length);
  const stream = page.subarray(length, length + streamMax);
  const isStored = beginsStored(stream);
  const content =
    stream.length < streamMax
      ? yield* readStream(pack, offset + length, { size: header.size, isStored })
      : yield* unpack(isStored ? Buffer.from(stream) : stream, header.size);
  return { header, content };
}

function parseHeader(pack: PackFile, offset: number, bytes: Buffer): ParsedEntryHeader {
  const parsed = parseEntryHeader(bytes, 0);
  const { size } = parsed.header;
  if (size > OBJECT_SIZE_MAX) {
    throw hostileAt(pack, offset, `it has ${size} bytes, at most ${OBJECT_SIZE_MAX} are read`);
  }
  return parsed;
}

interface StreamFacts {
  /** Of the content. */
  readonly size: number;
  /** Whether it begins with a stored block, so that its length is as good as known. */
  readonly isStored: boolean;
}

/** The content of the zlib stream at an offset, which has a read of its own. */
function* readStream(pack: PackFile, offset: number, { size, isStored }: StreamFacts): Reading<Buffer> {
  const stored = isStored ? compactStored(yield* readRange(pack, offset, storedSize(size)), size) : null;
  return stored ?? (yield* unpack(yield* readRange(pack, offset, streamSizeMax(size)), size));
}

/** Moves stored blocks within the stream, see {@link compactStored}. */
function* unpack(stream: Buffer, size: number): Reading<Buffer> {
  return compactStored(stream, size) ?? (yield { do: 'inflate', stream, size });
}

/** The beginning of an entry: its header, and more where it comes along. */
function* readStart(pack: PackFile, offset: number): Reading<Buffer> {
  pack.checkOffset(offset);
  const page: Buffer = yield { do: 'page', path: pack.packPath, offset };
  const bytes = page.subarray(0, pack.end - offset);
  if (bytes.length >= START_LENGTH || bytes.length === pack.end - offset) return bytes;
  return yield* readRange(pack, offset, START_LENGTH);
}

/** Bytes of a pack from an offset, fewer where its entries end. */
function* readRange(pack: PackFile, offset: number, lengthWanted: number, into?: Buffer): Reading<Buffer> {
  pack.checkOffset(offset);
  const length = Math.min(lengthWanted, pack.end - offset);
  const buffer = into && into.length >= length ? into.subarray(0, length) : Buffer.allocUnsafe(length);
  return yield { do: 'read', path: pack.packPath, offset, into: buffer };
}

/** Kind and size of the object at an offset, without unpacking it; throws `damaged` or `hostile`. */
export function* measurePacked(pack: PackFile, offset: number): Reading<ObjectSize> {
  const seen = new Set<number>();
  let size: number | undefined;
  for (let at = offset; ; ) {
    const start = yield* readStart(pack, at);
    const { header, length } = parseEntryHeader(start, 0);
    if (isWhole(header)) return { kind: header.kind, size: size ?? header.size };
    size ??= parseDeltaSizes(inflatePrefix(start.subarray(length))).result;
    if (seen.has(at)) throw damagedAt(pack, at, 'it is a delta of itself');
    if (seen.size >= DELTA_DEPTH_MAX)
      throw hostileAt(pack, at, `more than ${DELTA_DEPTH_MAX} deltas in a row`);
    seen.add(at);
    at = baseOffset(pack, at, header);
  }
}

function damagedAt(pack: PackFile, offset: number, problem: string): StoreError {
  return new StoreError('damaged', `${pack.packPath}: the entry at ${offset}: ${problem}`);
}

function hostileAt(pack: PackFile, offset: number, problem: string): StoreError {
  return new StoreError('hostile', `${pack.packPath}: the entry at ${offset}: ${problem}`);
}
