import { StoreError } from '../errors.ts';
import { isObjectId, type ObjectId } from '../objects/object-id.ts';
import { isRefName } from '../refs/ref-name.ts';
import { redactUrl } from './remote-url.ts';
import { runGitWell } from './run-git.ts';
import { type Staging, withStaging } from './staging.ts';
import { REMOTE } from './staging-config.ts';
import type { TransferOptions } from './transfer.ts';
import { listWithoutGit } from './without-git/list.ts';

type ListOptions = Pick<TransferOptions, 'programs' | 'signal'>;

/**
 * The refs of a remote by name, without `HEAD` and without peeled tags. Names that are none are left out.
 *
 * Throws `network`, `hostile` past the limits, `cancelled`.
 */
export async function listRemoteRefs(
  _gitDir: string | null,
  url: string,
  options: ListOptions,
): Promise<Map<string, ObjectId>> {
  const { signal } = options;
  if (options.programs.git === null) return listWithoutGit({ url, signal });
  return withStaging(null, { url, purpose: 'list the refs of a remote', signal }, (staging) =>
    listFrom(staging, { url, ...options }),
  );
}

/** The same from a staging that is there already. */
export async function listFrom(
  staging: Staging,
  { url, programs, signal }: ListOptions & { readonly url: string },
): Promise<Map<string, ObjectId>> {
  if (programs.git === null) return listWithoutGit({ url, signal });
  const { stdout } = await runGitWell(staging, {
    url,
    programs,
    signal,
    arguments: ['ls-remote', '--refs', '--quiet', REMOTE],
    maxOutput: LISTING_SIZE_MAX,
  });
  return parseListing(stdout.toString(), url);
}

/** A million refs of names of 100 bytes: 40 + 1 + 100 + 1 each, and as much again. */
const LISTING_SIZE_MAX = 300_000_000;
const REFS_MAX = 1_000_000;

function parseListing(text: string, url: string): Map<string, ObjectId> {
  const refs = new Map<string, ObjectId>();
  for (const line of text.split('\n')) {
    const [id = '', name = ''] = line.split('\t');
    if (!isObjectId(id) || !isRefName(name)) continue;
    if (refs.size === REFS_MAX)
      throw new StoreError('hostile', `${redactUrl(url)}: more than ${REFS_MAX} refs`);
    refs.set(name, id);
  }
  return refs;
}
