import {
  collectGarbage,
  planCollection,
  type Repository,
  readRef,
  StoreError,
  updateRefs,
} from '@cairn/store';
import { asCairnError, atBorder, CairnError } from '../errors.ts';
import { editMain, readMain } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import { isVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { COLLECTOR_TIMEOUT_MS, LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { type ReferenceInput, versionReference } from './show.ts';
import { resolveVersionName, type VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';

/** What deleting a version does. The same before and after it is done. */
export interface Deletion {
  readonly version: string;
  /** Bytes on disk that come free: what this version shares with others stays. */
  readonly freed: number;
  /**
   * The bytes come free only with a later collection: a writer is at work, or something else in the repository is
   * damaged, and nothing is collected from a damaged repository. `freed` is 0 when it cannot be known.
   */
  readonly pending: boolean;
}

/** What deleting a version would free. Changes nothing. */
export function planVersionDeletion(registry: Registry, reference: ReferenceInput): Promise<Deletion> {
  return atBorder(() =>
    onVersion(registry, reference, (repository, { version }) => planRemoval(repository, version)),
  );
}

/** Deletes a version, and frees the bytes that it alone used. Throws `refused` while an alias stands for it. */
export function deleteVersion(registry: Registry, reference: ReferenceInput): Promise<Deletion> {
  return atBorder(() =>
    onVersion(registry, reference, async (repository, target) => {
      await checkNoAlias(repository, target);
      const deletion = await removeTag(repository, target);
      await removeNote(repository, registry, target).catch(passOverDamage);
      return deletion;
    }),
  );
}

async function onVersion<T>(
  registry: Registry,
  reference: ReferenceInput,
  operation: (repository: Repository, target: VersionTarget) => Promise<T>,
): Promise<T> {
  const { model, version } = versionReference(reference);
  return withModel(registry, model, async (repository) => {
    const name = isVersionName(version)
      ? version
      : await resolveVersionName(repository, registry, { model, version });
    return operation(repository, {
      model,
      version: await existing(repository, registry, { model, version: name }),
    });
  });
}

/** An alias is not followed: deleting through one would be a surprise. */
async function existing(repository: Repository, registry: Registry, target: VersionTarget): Promise<string> {
  const name = await resolveVersionName(repository, registry, target);
  if (name === target.version) return name;
  throw new CairnError('refused', `${target.version} is an alias of ${target.model}, for ${name}`, {
    hint: `to delete that version, name it: ${target.model}@${name}`,
  });
}

async function checkNoAlias(repository: Repository, { model, version }: VersionTarget): Promise<void> {
  const { document } = await readMain(repository, model);
  const alias = Object.entries(document.aliases).find(([, name]) => name === version)?.[0];
  if (alias === undefined) return;
  throw new CairnError('refused', `${model}@${version} cannot be deleted: the alias ${alias} stands for it`, {
    hint: `move ${alias} to another version first`,
    data: { alias },
  });
}

async function planRemoval(repository: Repository, version: string): Promise<Deletion> {
  try {
    const { freed } = await planCollection(repository, { removing: [TAG_PREFIX + version] });
    return { version, freed, pending: false };
  } catch (error) {
    if (!isObstacle(error)) throw error;
    return { version, freed: 0, pending: true };
  }
}

/** Deletes the tag and what only it held; where nothing can be collected now, the tag alone. */
async function removeTag(repository: Repository, { version }: VersionTarget): Promise<Deletion> {
  const name = TAG_PREFIX + version;
  try {
    const { freed } = await collectGarbage(repository, { removing: [name], timeoutMs: COLLECTOR_TIMEOUT_MS });
    return { version, freed, pending: false };
  } catch (error) {
    if (!isObstacle(error)) throw error;
    // What is damaged may be found only when the tag has gone, and what is to stay is copied.
    if (readRef(repository.gitDir, name) === null) return { version, freed: 0, pending: true };
    const { freed } = await planRemoval(repository, version);
    await updateRefs(repository.gitDir, [{ name, expect: undefined, to: null }], {
      timeoutMs: LOCK_TIMEOUT_MS,
    });
    return { version, freed, pending: true };
  }
}

/** What keeps a repository from being collected without making the deletion itself wrong. */
function isObstacle(error: unknown): boolean {
  return error instanceof StoreError && ['locked', 'damaged', 'unsupported'].includes(error.code);
}

/** The version is gone all the same: a note that stays is forgotten when another version gets the name. */
function passOverDamage(error: unknown): void {
  if (asCairnError(error).code !== 'damaged') throw error;
}

async function removeNote(
  repository: Repository,
  registry: Registry,
  { model, version }: VersionTarget,
): Promise<void> {
  await editMain(repository, registry, {
    model,
    message: `delete ${version}`,
    change: ({ document, card, notes }) =>
      notes.has(version) ? { document, card, notes: new Map([[version, null]]) } : null,
  });
}
