import { basename } from 'node:path';
import { CairnError } from '../../errors.ts';
import { inspectSource } from '../../inspect/inspect-file.ts';
import { openFileBytes } from '../file-bytes.ts';
import { ByteFeed } from './byte-feed.ts';
import { openPacked, type Packing, packingOf } from './compression.ts';
import { isTarHeader, TAR_BLOCK_SIZE } from './tar-header.ts';

/** An archive that was found, and how it is packed. */
export interface FoundArchive {
  readonly path: string;
  readonly packing: Packing;
}

/** Names of archives that are made to be unpacked. What is called so and is none is an error. */
const ARCHIVE_NAME =
  /\.(bento|bentomodel|mlarchive|zip|tar|tgz|txz|tbz2?|tzst)$|\.(bento|bentomodel|tar)\.(tar|zip|gz|xz|bz2|zst)$/i;

/** Names of files that programs load as they are, although they are archives inside. */
const LOADED_WHOLE = /\.(keras|skops|npz|pt|pt2|pth|ckpt|bin|nemo|mar|whl|jar|egg|xlsx|docx|pptx)$/i;

/**
 * The archive that a file is, told by its content; `null` for a file that is to stay one, such as the weights of
 * PyTorch, which are a ZIP archive too. Throws `invalid` for what is called an archive and is none, `damaged` for one
 * whose beginning cannot be read.
 */
export async function findArchive(path: string, signal?: AbortSignal): Promise<FoundArchive | null> {
  const packing = await packingOf(path);
  if (packing !== null && (await isToUnpack(path, packing, signal))) return { path, packing };
  if (!ARCHIVE_NAME.test(basename(path))) return null;
  throw new CairnError('invalid', `${path} is called an archive, and is none that can be read`, {
    hint: 'give a tar, also with gzip, xz, bzip2 or zstd, or a ZIP archive',
    data: { path },
  });
}

async function isToUnpack(path: string, packing: Packing, signal: AbortSignal | undefined): Promise<boolean> {
  if (LOADED_WHOLE.test(path)) return false;
  return packing === 'zip' ? !(await isWeights(path, signal)) : beginsAsTar(path, packing, signal);
}

async function isWeights(path: string, signal: AbortSignal | undefined): Promise<boolean> {
  await using file = await openFileBytes(path);
  const { format } = file ? await inspectSource(file, signal) : { format: 'unknown' };
  return format === 'pytorch' || format === 'npz';
}

/** Anything can be packed with gzip and the like: unpacks the beginning to see. */
async function beginsAsTar(
  path: string,
  packing: Exclude<Packing, 'zip'>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const feed = new ByteFeed(openPacked(path, packing, signal).bytes);
  try {
    const block = await feed.takeUpTo(TAR_BLOCK_SIZE);
    return isTarHeader(block) || isEmptyTar(block);
  } finally {
    await feed.close();
  }
}

/** A tar of nothing begins with its end. */
function isEmptyTar(block: Uint8Array): boolean {
  return block.byteLength === TAR_BLOCK_SIZE && block.every((byte) => byte === 0);
}
