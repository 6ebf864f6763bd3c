import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../errors.ts';
import type { ObjectId } from '../../objects/object-id.ts';
import { loadGit } from '../../repository/git-library.ts';
import type { Repository } from '../../repository/open.ts';
import { cleaned } from '../git-failure.ts';
import { blobsOf, commitsBehind, historyOf } from '../reach.ts';
import { accepted, type PushResult, type RefUpdate, rejected } from '../ref-update.ts';
import type { Staging } from '../staging.ts';
import type { TransferOptions } from '../transfer.ts';
import { httpClient } from './http-client.ts';
import { libraryFailure } from './library-failure.ts';
import { libraryFiles } from './library-files.ts';
import { tooMuch, WITHOUT_GIT_SIZE_MAX } from './limits.ts';

export interface PushWithoutGitOptions extends TransferOptions {
  readonly updates: readonly RefUpdate[];
  readonly there: ReadonlyMap<string, ObjectId>;
}

/**
 * Sets refs on a remote, one after the other, each with all blobs of its commits that the remote's histories do not have.
 * Throws `unsupported` where that is more than memory should hold.
 */
export async function pushWithoutGit(
  staging: Staging,
  repository: Repository,
  { updates, there, ...options }: PushWithoutGitOptions,
): Promise<PushResult[]> {
  checkSize(repository, { updates, there, url: options.url });
  const results: PushResult[] = [];
  for (const update of updates) results.push(await pushOne(staging, repository, { ...options, update }));
  return results;
}

function checkSize(
  { objects }: Repository,
  { updates, there, url }: Pick<PushWithoutGitOptions, 'updates' | 'there' | 'url'>,
): void {
  const known = historyOf(objects, commitsBehind(objects, there.values()), new Set());
  let size = 0;
  for (const id of updates.flatMap(({ local }) => local ?? [])) {
    for (const blob of blobsOf(objects, historyOf(objects, commitsBehind(objects, [id]), known))) {
      size += objects.sizeOf(blob).size;
    }
  }
  if (size > WITHOUT_GIT_SIZE_MAX) throw tooMuch(url);
}

async function pushOne(
  staging: Staging,
  repository: Repository,
  { update, url, signal, onProgress }: TransferOptions & { readonly update: RefUpdate },
): Promise<PushResult> {
  const git = await loadGit();
  const onBytes = (bytes: number) =>
    onProgress?.({ phase: 'sending', done: 0, total: null, bytes, bytesTotal: null });
  const messages: string[] = [];
  try {
    await git.push({
      fs: libraryFiles(staging, repository),
      gitdir: staging.gitDir,
      http: httpClient({ url, signal, onBytes }),
      url,
      ref: stageRef(staging, update.local ?? update.expect!),
      remoteRef: update.remote,
      delete: update.local === null,
      force: update.expect !== null,
      // The last look before it is written: the remote itself compares with the value that it shows now.
      onPrePush: ({ remoteRef }) => remoteRef.oid === (update.expect ?? NO_OBJECT),
      onMessage: (message) => void messages.push(message),
    });
    return accepted(update);
  } catch (error) {
    return rejectionOf(error, { update, words: cleaned(messages.join(''), url), url });
  }
}

const NO_OBJECT = '0'.repeat(40);
/** isomorphic-git pushes refs and not ids. */
const OUTGOING = 'refs/cairn-outgoing';

function stageRef({ gitDir }: Staging, id: ObjectId): string {
  mkdirSync(join(gitDir, OUTGOING), { recursive: true });
  writeFileSync(join(gitDir, OUTGOING, id), `${id}\n`);
  return `${OUTGOING}/${id}`;
}

function rejectionOf(
  error: unknown,
  { update, words, url }: { readonly update: RefUpdate; readonly words: string; readonly url: string },
): PushResult {
  switch (systemCode(error)) {
    case 'UserCanceledError':
      return rejected(update, update.expect === null ? 'exists' : 'moved');
    case 'PushRejectedError':
      return rejected(update, update.remote.startsWith('refs/tags/') ? 'exists' : 'not-fast-forward');
    case 'GitPushError':
      return rejected(update, 'declined', words || cleaned((error as Error).message, url));
    default:
      throw libraryFailure(error, url);
  }
}
