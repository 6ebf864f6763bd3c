import { fetchRefs, type ObjectId, type Repository, readRef } from '@cairn/store';
import { bringObjects, missingObjects } from '../lazy/bring-objects.ts';
import { arrivedVersions } from './accept-versions.ts';
import type { Contact } from './contact.ts';
import { mainMetadata, versionMetadata } from './metadata.ts';
import { modelUrl } from './model-remotes.ts';
import { incomingRef, remoteRefNames, trackingRef } from './ref-layout.ts';
import { LAZY_FILTER } from './remote.ts';
import type { TransferListener } from './sharing-progress.ts';

export interface ModelToFetch {
  readonly model: string;
  readonly versions: readonly string[];
  /** Whether the branch `main` is to come too. */
  readonly main: boolean;
  readonly progress: () => TransferListener;
}

/**
 * Brings refs of a model to where nobody takes them for its own: `main` as the remote's, versions as incoming ones. Of
 * a lazy clone, all that tells what they are comes too, however large it is.
 */
export async function fetchModel(
  contact: Contact,
  repository: Repository,
  { model, versions, main, progress }: ModelToFetch,
): Promise<{ readonly filtered: boolean }> {
  const { remote, programs, isLazy, signal } = contact;
  const names = remoteRefNames(remote.layout, model);
  const { filtered } = await fetchRefs(repository, {
    url: modelUrl(remote, model),
    refspecs: [
      ...(main ? [`+${names.main}:${trackingRef(remote.name)}`] : []),
      ...versions.map((version) => `+${names.tags}${version}:${incomingRef(remote.name, version)}`),
    ],
    filter: isLazy ? LAZY_FILTER : null,
    programs,
    signal,
    onProgress: progress(),
  });
  if (isLazy) {
    const meant = new Set(versions);
    const tags = [...arrivedVersions(repository, remote.name)].filter(([version]) => meant.has(version));
    await bringMetadata(contact, repository, { model, main, tags: tags.map(([, tag]) => tag) });
  }
  return { filtered };
}

export interface ArrivedModel {
  readonly model: string;
  /** Whether its branch `main` is meant too. */
  readonly main: boolean;
  readonly tags: Iterable<ObjectId>;
}

/** Brings what tells of a model and of versions that have arrived, where it was too large to come by itself. */
export async function bringMetadata(
  { registry, remote, signal }: Contact,
  repository: Repository,
  { model, main, tags }: ArrivedModel,
): Promise<void> {
  const ids = [
    ...(main ? arrivedMainMetadata(repository, remote.name) : []),
    ...[...tags].flatMap((id) => metadataIfAny(() => versionMetadata(repository, id))),
  ];
  await bringObjects(registry, repository, { what: model, ids, ...(signal && { signal }) });
}

/** Whether a remote's `main` and all that tells of the model are here. */
export function hasMain(repository: Repository, main: ObjectId): boolean {
  if (!repository.objects.has(main)) return false;
  return (
    missingObjects(
      repository,
      metadataIfAny(() => mainMetadata(repository, main)),
    ).length === 0
  );
}

function arrivedMainMetadata(repository: Repository, remote: string): ObjectId[] {
  const main = readRef(repository.gitDir, trackingRef(remote));
  return main ? metadataIfAny(() => mainMetadata(repository, main)) : [];
}

/** What is not in order is told of by whoever looks at it next. */
function metadataIfAny<T>(find: () => T[]): T[] {
  try {
    return find();
  } catch {
    return [];
  }
}
