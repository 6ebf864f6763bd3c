import { StoreError } from '../../errors.ts';
import type { ObjectId } from '../../objects/object-id.ts';
import { openObjectStore } from '../../pack/object-store.ts';
import { loadGit } from '../../repository/git-library.ts';
import type { Repository } from '../../repository/open.ts';
import type { ArrivedRefs } from '../fetched-refs.ts';
import { blobsOf, commitsBehind, together } from '../reach.ts';
import { leadsFrom, type Refspec } from '../refspec.ts';
import { redactUrl } from '../remote-url.ts';
import { type Staging, setFetchList } from '../staging.ts';
import { REMOTE } from '../staging-config.ts';
import type { TransferOptions } from '../transfer.ts';
import { httpClient } from './http-client.ts';
import { libraryFailure } from './library-failure.ts';
import { libraryFiles } from './library-files.ts';
import { checkHttp, listWithoutGit } from './list.ts';

/** Brings refs and all they reach into a staging, one ref after the other, and gives what has arrived by names here. */
export async function fetchWithoutGit(
  staging: Staging,
  repository: Repository,
  { refspecs, ...options }: TransferOptions & { readonly refspecs: readonly Refspec[] },
): Promise<ArrivedRefs> {
  const { url, signal, onProgress } = options;
  checkHttp(url);
  const remoteRefs = await listWithoutGit(options);
  const arrived = new Map<string, ObjectId>();
  const missing = new Map<ObjectId, string>();
  for (const [source, id] of remoteRefs) {
    for (const target of refspecs.flatMap((refspec) => leadsFrom(refspec, source) ?? [])) {
      arrived.set(target, id);
      if (!repository.objects.has(id)) missing.set(id, source);
    }
  }
  const onBytes = (bytes: number) =>
    onProgress?.({ phase: 'receiving', done: 0, total: null, bytes, bytesTotal: null });
  const http = httpClient({ url, signal, onBytes });
  setFetchList(staging, [`+refs/*:refs/remotes/${REMOTE}/*`]);
  const git = await loadGit();
  const place = { fs: libraryFiles(staging, repository), gitdir: staging.gitDir, remote: REMOTE };
  try {
    for (const source of missing.values()) {
      await git.fetch({ ...place, http, url, ref: 'refs/heads/main', remoteRef: source, singleBranch: true });
    }
  } catch (error) {
    throw libraryFailure(error, url);
  }
  checkComplete(staging, repository, { url, tips: [...missing.keys()] });
  return arrived;
}

/** What Git checks on transfer: every commit and tree is well-formed, and all that they name is there. */
function checkComplete(
  staging: Staging,
  repository: Repository,
  { url, tips }: { readonly url: string; readonly tips: readonly ObjectId[] },
): void {
  const fresh = openObjectStore(staging.gitDir);
  try {
    const objects = together(repository.objects, fresh);
    const absent = [...tips, ...blobsOf(objects, commitsBehind(objects, tips))].find(
      (id) => !objects.has(id),
    );
    if (absent !== undefined) {
      throw new StoreError('damaged', `${redactUrl(url)}: the remote did not send object ${absent}`);
    }
  } finally {
    fresh.close();
  }
}
