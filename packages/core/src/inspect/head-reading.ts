import type { ByteSource, HeadReader } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { checkCancelled } from '../progress.ts';

/** Bytes read at once. Headers are mostly smaller. */
const BLOCK_SIZE = 2 ** 18;

/** The largest header of any format, 100 MB in safetensors, and the blocks that its ends share. */
const BLOCKS_MAX = 400;

/** A parser asked for bytes that were not read yet. */
class BytesMissing extends Error {
  readonly wanted: Range;
  readonly blocks: readonly number[];

  constructor(wanted: Range, blocks: readonly number[]) {
    super('bytes are not read yet');
    this.wanted = wanted;
    this.blocks = blocks;
  }
}

interface Range {
  readonly offset: number;
  readonly end: number;
}

/** What was read so far. */
interface Known {
  readonly blocks: Map<number, Uint8Array>;
  /** Just the bytes that were asked for, where a block around them is not all here; by offset and end. */
  readonly pieces: Map<string, Uint8Array>;
}

/**
 * Runs a parser that asks for bytes anywhere in a file, and reads just those. It is run again whenever it has asked
 * for bytes that were not there, so it must be a function of what it reads.
 *
 * @returns `null` when it wants more than any header has
 */
export async function parseHead<Result>(
  source: ByteSource,
  parse: (head: HeadReader) => Result,
  signal?: AbortSignal,
): Promise<Result | null> {
  const known: Known = { blocks: new Map(), pieces: new Map() };
  const head = headOver(source, known);
  while (known.blocks.size + known.pieces.size <= BLOCKS_MAX) {
    checkCancelled(signal);
    try {
      return parse(head);
    } catch (error) {
      if (!(error instanceof BytesMissing)) throw error;
      await readMore(source, known, error);
    }
  }
  return null;
}

/** A lazy clone has headers without what comes after them: there, no more than what was asked for is read. */
async function readMore(
  source: ByteSource,
  { blocks, pieces }: Known,
  { blocks: missing, wanted: { offset, end } }: BytesMissing,
): Promise<void> {
  try {
    for (const block of missing.slice(0, BLOCKS_MAX + 1))
      blocks.set(block, await source.read(block * BLOCK_SIZE, BLOCK_SIZE));
  } catch (error) {
    if (!(error instanceof CairnError) || error.data.promised !== true) throw error;
    pieces.set(`${offset} ${end}`, await source.read(offset, end - offset));
  }
}

function headOver({ size }: ByteSource, { blocks, pieces }: Known): HeadReader {
  return (offset, length) => {
    const end = Math.min(offset + length, size);
    if (offset >= end) return new Uint8Array(0);
    const piece = pieces.get(`${offset} ${end}`);
    if (piece !== undefined) return piece;
    const first = Math.floor(offset / BLOCK_SIZE);
    const last = Math.floor((end - 1) / BLOCK_SIZE);
    const missing: number[] = [];
    for (let block = first; block <= last && missing.length <= BLOCKS_MAX; block += 1) {
      if (!blocks.has(block)) missing.push(block);
    }
    if (missing.length > 0) throw new BytesMissing({ offset, end }, missing);
    const from = offset - first * BLOCK_SIZE;
    if (first === last) return blocks.get(first)!.subarray(from, end - first * BLOCK_SIZE);
    const touched = Array.from({ length: last - first + 1 }, (_, index) => blocks.get(first + index)!);
    return Buffer.concat(touched).subarray(from, from + end - offset);
  };
}
