import type { ByteSource, HeadReader } from '@cairn/store';
import { checkCancelled } from '../progress.ts';

/** Bytes read at once. Headers are mostly smaller. */
const BLOCK_SIZE = 2 ** 18;

/** The largest header of any format, 100 MB in safetensors, and the blocks that its ends share. */
const BLOCKS_MAX = 400;

/** A parser asked for bytes that were not read yet. */
class BytesMissing extends Error {
  readonly blocks: readonly number[];

  constructor(blocks: readonly number[]) {
    super('bytes are not read yet');
    this.blocks = blocks;
  }
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
  const blocks = new Map<number, Uint8Array>();
  const head = headOver(source, blocks);
  while (blocks.size <= BLOCKS_MAX) {
    checkCancelled(signal);
    try {
      return parse(head);
    } catch (error) {
      if (!(error instanceof BytesMissing)) throw error;
      for (const block of error.blocks.slice(0, BLOCKS_MAX + 1))
        blocks.set(block, await source.read(block * BLOCK_SIZE, BLOCK_SIZE));
    }
  }
  return null;
}

function headOver({ size }: ByteSource, blocks: ReadonlyMap<number, Uint8Array>): HeadReader {
  return (offset, length) => {
    const end = Math.min(offset + length, size);
    if (offset >= end) return new Uint8Array(0);
    const first = Math.floor(offset / BLOCK_SIZE);
    const last = Math.floor((end - 1) / BLOCK_SIZE);
    const missing: number[] = [];
    for (let block = first; block <= last && missing.length <= BLOCKS_MAX; block += 1) {
      if (!blocks.has(block)) missing.push(block);
    }
    if (missing.length > 0) throw new BytesMissing(missing);
    const from = offset - first * BLOCK_SIZE;
    if (first === last) return blocks.get(first)!.subarray(from, end - first * BLOCK_SIZE);
    const touched = Array.from({ length: last - first + 1 }, (_, index) => blocks.get(first + index)!);
    return Buffer.concat(touched).subarray(from, from + end - offset);
  };
}
