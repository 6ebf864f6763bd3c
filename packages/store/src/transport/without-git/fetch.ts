import type { ObjectId } from '../../objects/object-id.ts';
import { loadGit } from '../../repository/git-library.ts';
import type { Repository } from '../../repository/open.ts';
import type { ArrivedRefs } from '../fetched-refs.ts';
import { leadsFrom, type Refspec } from '../refspec.ts';
import { type Staging, setFetchList } from '../staging.ts';
import { REMOTE } from '../staging-config.ts';
import type { TransferOptions } from '../transfer.ts';
import { httpClient } from './http-client.ts';
import { libraryFailure } from './library-failure.ts';
import { libraryFiles } from './library-files.ts';
import { tooMuch, WITHOUT_GIT_SIZE_MAX } from './limits.ts';
import { checkHttp, listWithoutGit } from './list.ts';
import { unpackedSize } from './unpacked-size.ts';

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
  let room = WITHOUT_GIT_SIZE_MAX;
  const checkPack = (pack: Buffer) => {
    room -= unpackedSize(pack, room);
    if (room <= 0) throw tooMuch(url);
  };
  const place = { fs: libraryFiles(staging, repository, checkPack), gitdir: staging.gitDir, remote: REMOTE };
  try {
    for (const source of missing.values()) {
      await git.fetch({ ...place, http, url, ref: 'refs/heads/main', remoteRef: source, singleBranch: true });
    }
  } catch (error) {
    throw libraryFailure(error, url);
  }
  return arrived;
}
