import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { filePathProblem } from '../../file-path.ts';
import { readSmallText, statusOf } from '../small-text.ts';

/** Files that say which weights stand in which shard. */
const INDEX_FILE = /\.(safetensors|bin|h5|msgpack)\.index\.json$/;

/** Largest index that is read, bytes: 200 of each of a million tensors. */
const INDEX_SIZE_MAX = 200 * 1024 * 1024;

/** Shards named in a message. */
const SHOWN_MAX = 5;

/** Whether a folder has weights in shards. */
export async function indexFilesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => INDEX_FILE.test(name)).sort();
}

/** Checks that all shards are there that the indexes of a folder name. Throws `not-found` with those that are not. */
export async function checkShards(folder: string): Promise<void> {
  for (const index of await indexFilesIn(folder)) {
    const missing: string[] = [];
    for (const shard of await shardsOf(folder, index)) {
      if (!(await statusOf(join(folder, shard)))?.isFile()) missing.push(shard);
    }
    if (missing.length > 0) throw incomplete(join(folder, index), missing);
  }
}

/** An index that is not as others are written is a file like any other. */
async function shardsOf(folder: string, index: string): Promise<ReadonlySet<string>> {
  const shards = new Set<string>();
  try {
    const text = await readSmallText(join(folder, index), INDEX_SIZE_MAX);
    const { weight_map: map } = JSON.parse(text ?? '{}') as { weight_map?: Record<string, unknown> };
    for (const shard of Object.values(map ?? {})) {
      if (typeof shard === 'string' && filePathProblem(shard) === null) shards.add(shard);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  return shards;
}

function incomplete(index: string, missing: readonly string[]): CairnError {
  const more = missing.length > SHOWN_MAX ? ` and ${missing.length - SHOWN_MAX} more` : '';
  return new CairnError(
    'not-found',
    `${index} names shards that are missing: ${missing.slice(0, SHOWN_MAX).join(', ')}${more}`,
    { hint: 'download the whole model first, such as with `hf download`', data: { missing } },
  );
}
