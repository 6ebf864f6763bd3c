import { listRefs, type ObjectId, type Repository, readRef } from '@cairn/store';
import { MAIN_REF } from '../models/main-branch.ts';
import { isVersionName } from '../names.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { compareVersionSets, type VersionState } from './compare-versions.ts';
import { trackingRef } from './ref-layout.ts';
import type { Remote } from './remote.ts';
import { type RemoteModel, withoutCaseTwins } from './remote-models.ts';
import { readSharedVersions, type SharedVersions } from './shared-versions.ts';

/** A model on both sides. */
export interface ModelComparison {
  readonly here: RemoteModel;
  readonly there: RemoteModel;
  /** Versions of the remote that differ from others only in case, and are passed over. */
  readonly twins: readonly string[];
  /** What `main` was on the remote when it was last looked at; `null` when it had none, or never was. */
  readonly tracked: ObjectId | null;
  readonly shared: SharedVersions;
  readonly states: ReadonlyMap<string, VersionState>;
  /** Whether the remote had this model once, and has nothing of it any more. */
  readonly isDeletedThere: boolean;
}

export async function compareModel(
  repository: Repository,
  { name }: Remote,
  remoteModel: RemoteModel,
): Promise<ModelComparison> {
  const here = { main: readRef(repository.gitDir, MAIN_REF), versions: versionsHere(repository) };
  const { versions, twins } = withoutCaseTwins(remoteModel.versions, here.versions.keys());
  const there = { ...remoteModel, versions };
  const shared = await readSharedVersions(repository, name);
  const tracked = readRef(repository.gitDir, trackingRef(name));
  const states = compareVersionSets({ here: here.versions, there: there.versions, shared });
  const isDeletedThere = there.main === null && there.versions.size === 0 && tracked !== null;
  return { here, there, twins, tracked, shared, states, isDeletedThere };
}

/** Names of the versions in some states, in their natural order. */
export function versionsIn(
  { states }: Pick<ModelComparison, 'states'>,
  ...wanted: readonly VersionState[]
): string[] {
  const names = [...states].filter(([, state]) => wanted.includes(state)).map(([name]) => name);
  return names.sort(NATURAL.compare);
}

const NATURAL = new Intl.Collator('en', { numeric: true });

/** Ids of tags by version; refs that cannot be read are nobody's version here. */
export function versionsHere({ gitDir }: Pick<Repository, 'gitDir'>): Map<string, ObjectId> {
  const versions = new Map<string, ObjectId>();
  for (const [ref, { id }] of listRefs(gitDir, TAG_PREFIX, () => {})) {
    const name = ref.slice(TAG_PREFIX.length);
    if (isVersionName(name)) versions.set(name, id);
  }
  return versions;
}
