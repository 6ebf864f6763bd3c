import { StoreError } from '../../errors.ts';
import { checkInstructions, parseDeltaSizes } from '../../pack/delta.ts';
import { parseEntryHeader } from '../../pack/entry.ts';
import { inflateFirst } from '../../pack/inflate.ts';
import { PACK_HEADER_SIZE, PACK_TRAILER_SIZE, parsePackHeader } from '../../pack/pack-file.ts';

/** Bytes that isomorphic-git holds of each object besides its content: its id, its place, its checksum. */
const OBJECT_COST = 512;
/** Bytes that it holds of each instruction of the delta that it is at: a view of a few bytes. */
const INSTRUCTION_COST = 256;

/**
 * What reading a pack comes to in memory, in bytes: all that its entries unpack to and that its deltas make, or `max` and
 * more where it is not worth to go on. A pack of a few megabytes can unpack to many gigabytes.
 *
 * Unpacks no more than `max`. Throws `damaged` for what is no pack that its own sizes are true of, and for a delta whose
 * base does not begin where an entry does.
 */
export function unpackedSize(pack: Buffer, max: number): number {
  const end = pack.length - PACK_TRAILER_SIZE;
  const count = end < PACK_HEADER_SIZE ? null : parsePackHeader(pack.subarray(0, PACK_HEADER_SIZE));
  if (count === null) throw new StoreError('damaged', 'what has arrived does not begin as a pack');
  const starts = new Set<number>();
  let size = 0;
  for (let at = PACK_HEADER_SIZE; starts.size < count && size < max; ) {
    const entry = measureEntry(pack.subarray(0, end), { at, starts, max: max - size });
    starts.add(at);
    size += entry.cost;
    at += entry.length;
  }
  return size;
}

interface Place {
  readonly at: number;
  /** Of the entries before it. */
  readonly starts: ReadonlySet<number>;
  readonly max: number;
}

function measureEntry(bytes: Buffer, { at, starts, max }: Place): { cost: number; length: number } {
  const { header, length } = parseEntryHeader(bytes, at);
  if (header.kind === 'offset-delta' && !starts.has(at - header.distance)) {
    throw new StoreError('damaged', `malformed pack: the delta at byte ${at} has no entry as its base`);
  }
  const cost = OBJECT_COST + header.size;
  if (cost >= max) return { cost, length };
  const stream = inflateFirst(bytes.subarray(at + length), header.size);
  const isDelta = header.kind === 'offset-delta' || header.kind === 'id-delta';
  return {
    cost: cost + (isDelta ? costOfDelta(stream.bytes, max) : 0),
    length: length + stream.length,
  };
}

function costOfDelta(delta: Buffer, max: number): number {
  const sizes = parseDeltaSizes(delta);
  if (sizes.result >= max) return sizes.result;
  const instructions = checkInstructions(delta, sizes) * INSTRUCTION_COST;
  return instructions >= max ? instructions : sizes.result;
}
