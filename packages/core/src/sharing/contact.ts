import { listRemoteRefs, type ObjectId, type Programs, StoreError } from '@cairn/store';
import { CairnError } from '../errors.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { modelUrl } from './model-remotes.ts';
import type { Remote } from './remote.ts';
import { modelContents, type RemoteContents, sharedContents } from './remote-models.ts';
import { severalAtOnce } from './several-at-once.ts';

/** A remote that is spoken to on behalf of a registry. */
export interface Contact {
  readonly registry: Registry;
  readonly remote: Remote;
  readonly programs: Programs;
  /** Whether weights are left out of what is fetched. */
  readonly isLazy: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `unsupported` where no programs may be run, which everything but a look at what is recorded takes. */
export function contactWith(
  registry: Registry,
  remote: Remote,
  { signal, full = false }: Pick<TaskOptions, 'signal'> & { readonly full?: boolean },
): Contact {
  return { registry, remote, programs: programsOf(registry), isLazy: remote.lazy && !full, signal };
}

export function programsOf({ environment }: Pick<Registry, 'environment'>): Programs {
  if (environment.programs) return environment.programs;
  throw new CairnError('unsupported', 'nothing can be sent or fetched where no programs may be run', {
    hint: 'give the library `programs` in its environment',
  });
}

/**
 * What a remote has, as one question tells for a repository that holds a whole registry; of one repository for each
 * model, what it has of those that are named.
 *
 * @param models those that are here, or that are meant
 */
export async function lookAt(contact: Contact, models: readonly string[]): Promise<RemoteContents> {
  const { remote, programs, signal } = contact;
  if (remote.layout === 'shared')
    return sharedContents(await listRemoteRefs(null, remote.url, { programs, signal }), models);
  const found = await severalAtOnce(models, async (model) =>
    modelContents(await refsOfModel(contact, model), model),
  );
  return {
    registry: null,
    models: new Map(found.flatMap((contents) => [...contents.models])),
    problems: found.flatMap(({ problems }) => problems),
  };
}

/** None where there is no repository for the model yet: whoever pushes is told by the server. */
async function refsOfModel(
  { remote, programs, signal }: Contact,
  model: string,
): Promise<ReadonlyMap<string, ObjectId>> {
  try {
    return await listRemoteRefs(null, modelUrl(remote, model), { programs, signal });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'network' && error.data.reason === 'missing')
      return new Map();
    throw error;
  }
}
