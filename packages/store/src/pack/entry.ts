import { StoreError } from '../errors.ts';
import { OBJECT_ID_SIZE, type ObjectId, type ObjectKind, objectIdAt } from '../objects/object-id.ts';

/**
 * What stands before the zlib stream of a pack entry (gitformat-pack(5)). `size` is the number of bytes that
 * the stream unpacks to: the object, or the delta.
 */
export type EntryHeader =
  | { readonly kind: ObjectKind; readonly size: number }
  /** The base begins `distance` bytes before this entry in the same pack. */
  | { readonly kind: 'offset-delta'; readonly size: number; readonly distance: number }
  | { readonly kind: 'id-delta'; readonly size: number; readonly base: ObjectId };

export interface ParsedEntryHeader {
  readonly header: EntryHeader;
  /** Bytes that the header takes up. */
  readonly length: number;
}

const TYPE_NUMBERS = {
  commit: 1,
  tree: 2,
  blob: 3,
  tag: 4,
  'offset-delta': 6,
  'id-delta': 7,
} as const satisfies Record<EntryHeader['kind'], number>;

const KINDS = new Map(
  Object.entries(TYPE_NUMBERS).map(([kind, number]) => [number as number, kind as EntryHeader['kind']]),
);

/** Bytes of a number below 2^53: 4 + 7 x 7 bits for a size, 8 x 7 bits for a distance. */
const NUMBER_LENGTH_MAX = 8;

/** The longest header: a size and the id of a base. */
export const ENTRY_HEADER_LENGTH_MAX = NUMBER_LENGTH_MAX + OBJECT_ID_SIZE;

/**
 * Reads the header at an offset; throws `damaged` when there is none. A size padded with zero bits passes, as
 * it does in Git.
 */
export function parseEntryHeader(bytes: Buffer, at: number): ParsedEntryHeader {
  const first = byteAt(bytes, at);
  const { value: size, next } = parseSize(bytes, at);
  const kind = KINDS.get((first >> 4) & 7);
  switch (kind) {
    case undefined:
      throw new StoreError('damaged', `malformed pack entry: unknown type ${(first >> 4) & 7}`);
    case 'offset-delta': {
      const distance = parseDistance(bytes, next);
      return { header: { kind, size, distance: distance.value }, length: distance.next - at };
    }
    case 'id-delta': {
      const end = next + OBJECT_ID_SIZE;
      if (end > bytes.length) throw cutOff();
      return { header: { kind, size, base: objectIdAt(bytes, next) }, length: end - at };
    }
    default:
      return { header: { kind, size }, length: next - at };
  }
}

interface ParsedNumber {
  readonly value: number;
  /** Where the bytes after the number begin. */
  readonly next: number;
}

/** Four bits beside the type, then seven a byte, the lowest first. */
function parseSize(bytes: Buffer, at: number): ParsedNumber {
  let byte = byteAt(bytes, at);
  let value = byte & 0x0f;
  let weight = 16;
  let next = at + 1;
  for (; byte & 0x80; next++, weight *= 128) {
    if (next - at >= NUMBER_LENGTH_MAX) throw tooLong('size');
    byte = byteAt(bytes, next);
    value += (byte & 0x7f) * weight;
  }
  return { value, next };
}

/** Seven bits a byte, the highest first, each continuation adding one, so that every number has one spelling. */
function parseDistance(bytes: Buffer, at: number): ParsedNumber {
  let byte = byteAt(bytes, at);
  let value = byte & 0x7f;
  let next = at + 1;
  for (; byte & 0x80; next++) {
    if (next - at >= NUMBER_LENGTH_MAX) throw tooLong('distance');
    byte = byteAt(bytes, next);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  if (value > Number.MAX_SAFE_INTEGER) throw tooLong('distance');
  return { value, next };
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw cutOff();
  return byte;
}

function cutOff(): StoreError {
  return new StoreError('damaged', 'malformed pack entry: its header is cut off');
}

function tooLong(what: string): StoreError {
  return new StoreError('damaged', `malformed pack entry: its ${what} has more than 53 bits`);
}

/** The inverse of {@link parseEntryHeader}. */
export function encodeEntryHeader(header: EntryHeader): Buffer {
  const size = encodeSize(TYPE_NUMBERS[header.kind], header.size);
  if (header.kind === 'offset-delta') return Buffer.from([...size, ...encodeDistance(header.distance)]);
  if (header.kind === 'id-delta') return Buffer.concat([Buffer.from(size), Buffer.from(header.base, 'hex')]);
  return Buffer.from(size);
}

function encodeSize(type: number, size: number): number[] {
  const bytes = [(type << 4) | (size % 16)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(rest % 128);
  }
  return bytes;
}

function encodeDistance(distance: number): number[] {
  const bytes = [distance % 128];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift(0x80 | (rest % 128));
  }
  return bytes;
}
