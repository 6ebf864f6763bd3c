import { join } from 'node:path';
import { StoreError, translated } from '../errors.ts';
import { writeFileDurably } from '../files/durable.ts';
import { isObjectId, type ObjectId } from '../objects/object-id.ts';
import { encodePackedRefs } from '../refs/packed-refs.ts';
import { isRefName } from '../refs/ref-name.ts';
import type { Repository } from '../repository/open.ts';
import { ProgressMeter } from '../transport/progress-meter.ts';
import { runGitWell } from '../transport/run-git.ts';
import type { TransferOptions } from '../transport/transfer.ts';

export interface UnpackBundleOptions extends Omit<TransferOptions, 'url'> {
  /** Absolute path of the bundle. */
  readonly file: string;
}

/** A million refs of names of 100 bytes: 40 + 1 + 100 + 1 each, and as much again. */
const LISTING_SIZE_MAX = 300_000_000;

/**
 * Puts what a Git bundle holds into an empty repository of its own, refs and objects. That the pack is whole is
 * checked, and nothing else: whoever takes something over from there checks it as from any stranger. Not by `git
 * fetch`, which would ask a bundle without end for what it does not have.
 *
 * Throws `unsupported` for a bundle that needs objects which it does not have, `damaged` for one that is not whole or
 * no bundle, `no-space`, `cancelled`.
 */
export async function unpackBundle(
  { gitDir, objects }: Pick<Repository, 'gitDir' | 'objects'>,
  { file, programs, signal, onProgress }: UnpackBundleOptions,
): Promise<void> {
  try {
    const { stdout } = await runGitWell(
      { gitDir },
      {
        ...{ url: file, programs, signal },
        arguments: ['bundle', 'unbundle', '--progress', file],
        maxOutput: LISTING_SIZE_MAX,
        onLine: new ProgressMeter(onProgress).line,
      },
    );
    const refs = parseListing(stdout.toString());
    writeFileDurably(join(gitDir, 'packed-refs'), encodePackedRefs({ refs, fullyPeeled: false }));
    objects.refresh();
  } catch (error) {
    throw asBundleError(error, file);
  }
}

function parseListing(text: string): Map<string, { readonly id: ObjectId }> {
  const refs = new Map<string, { readonly id: ObjectId }>();
  for (const line of text.split('\n')) {
    const [id = '', name = ''] = [line.slice(0, 40), line.slice(41)];
    if (isObjectId(id) && isRefName(name)) refs.set(name, { id });
  }
  return refs;
}

/** In the words of Git about bundles; what is no fault of the bundle passes. */
function asBundleError(error: unknown, file: string): StoreError {
  const known = translated(error, `unpack ${file}`);
  if (!OF_THE_BUNDLE.has(known.code)) return known;
  const said = String(known.data.said ?? known.message);
  if (/prerequisite/i.test(said)) {
    return new StoreError('unsupported', `${file} holds only what is new since another bundle`, {
      hint: 'ask for one that has all: `cairn bundle create` makes no others',
      data: { path: file },
      cause: error,
    });
  }
  return new StoreError('damaged', `${file} is damaged, or not whole: ${lastLine(said)}`, {
    hint: 'copy it once more from where it was made',
    data: { path: file },
    cause: error,
  });
}

const OF_THE_BUNDLE: ReadonlySet<string> = new Set(['failed', 'network', 'damaged', 'hostile']);

function lastLine(said: string): string {
  return said.trim().split('\n').at(-1) ?? '';
}
