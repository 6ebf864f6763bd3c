import type { ObjectId } from '../objects/object-id.ts';
import { openObjectStore } from '../pack/object-store.ts';
import { listRefs } from '../refs/ref-store.ts';
import type { Repository } from '../repository/open.ts';
import { fetchMissing } from './fetch-objects.ts';
import type { ArrivedRefs } from './fetched-refs.ts';
import { blobsOf, commitsBehind, historyOf, together } from './reach.ts';
import type { Received } from './received-packs.ts';
import type { Staging } from './staging.ts';
import type { TransferOptions } from './transfer.ts';

export interface CompleteOptions extends TransferOptions {
  readonly arrived: ArrivedRefs;
  /** Of the writer that packs are kept for. */
  readonly label: string;
}

/** Brings the blobs of commits that have arrived in a staging, as far as they are neither there nor in the repository. */
export async function completeBlobs(
  staging: Staging,
  repository: Repository,
  { arrived, ...options }: CompleteOptions,
): Promise<Received> {
  const fresh = openObjectStore(staging.gitDir);
  try {
    const objects = together(repository.objects, fresh);
    const here = [...listRefs(repository.gitDir, 'refs/', () => {}).values()].map(({ id }) => id);
    const known = historyOf(repository.objects, commitsBehind(repository.objects, here), new Set());
    const added = historyOf(objects, commitsBehind(objects, arrived.values()), known);
    const ids = [...blobsOf(objects, added)].filter((id: ObjectId) => !objects.has(id));
    return await fetchMissing(staging, {
      ...options,
      repository,
      ids,
      sizeOf: () => undefined,
      isPromised: false,
    });
  } finally {
    fresh.close();
  }
}
