import { type ObjectId, parseObjectId } from '../../objects/object-id.ts';
import { isRefName } from '../../refs/ref-name.ts';
import { loadGit } from '../../repository/git-library.ts';
import { checkTransferUrl } from '../remote-url.ts';
import type { TransferOptions } from '../transfer.ts';
import { httpClient } from './http-client.ts';
import { libraryFailure } from './library-failure.ts';
import { needsGit } from './limits.ts';

/** The refs of a remote, where there is no Git to ask. Throws `unsupported` for what is not HTTP. */
export async function listWithoutGit({
  url,
  signal,
}: Pick<TransferOptions, 'url' | 'signal'>): Promise<Map<string, ObjectId>> {
  checkHttp(url);
  const git = await loadGit();
  const http = httpClient({ url, signal, onBytes: () => {} });
  try {
    const refs = await git.listServerRefs({ http, url, protocolVersion: 1 });
    const named = refs.filter(({ ref }) => isRefName(ref));
    return new Map(named.map(({ ref, oid }) => [ref, parseObjectId(oid)]));
  } catch (error) {
    throw libraryFailure(error, url);
  }
}

/** Throws `unsupported` for addresses that only Git can reach. */
export function checkHttp(url: string): void {
  const { kind } = checkTransferUrl(url);
  if (kind !== 'http' && kind !== 'https')
    throw needsGit(url, `without Git, only HTTP works, and this is ${kind}`);
}
