import { collectGarbage, planCollection, type Repository, StoreError, updateRefs } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { editMain, readMain } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import { isVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { COLLECTOR_TIMEOUT_MS, LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { type ReferenceInput, versionReference } from './show.ts';
import { resolveVersionName, type VersionTarget } from './version-repository.ts';
import { TAG_PREFIX } from './version-tags.ts';

export interface DeletionPlan {
  readonly version: string;
  /** Bytes on disk that come free: what this version shares with others stays. */
  readonly freed: number;
}

export interface Deletion extends DeletionPlan {
  /** The version is gone, but a writer was at work: the bytes come free with the next collection. */
  readonly pending: boolean;
}

/** What deleting a version would free. Changes nothing. */
export function planVersionDeletion(registry: Registry, reference: ReferenceInput): Promise<DeletionPlan> {
  return atBorder(() =>
    onVersion(registry, reference, async (repository, { version }) => {
      const { freed } = await planCollection(repository, { removing: [TAG_PREFIX + version] });
      return { version, freed };
    }),
  );
}

/** Deletes a version, and frees the bytes that it alone used. Throws `refused` while an alias stands for it. */
export function deleteVersion(registry: Registry, reference: ReferenceInput): Promise<Deletion> {
  return atBorder(() =>
    onVersion(registry, reference, async (repository, target) => {
      await checkNoAlias(repository, target);
      const deletion = await removeTag(repository, target);
      await removeNote(repository, registry, target);
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
    const name = isVersionName(version) ? version : await resolveVersionName(repository, registry, { model, version });
    return operation(repository, { model, version: await existing(repository, registry, { model, version: name }) });
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

async function removeTag(repository: Repository, { version }: VersionTarget): Promise<Deletion> {
  const name = TAG_PREFIX + version;
  try {
    const { freed } = await collectGarbage(repository, { removing: [name], timeoutMs: COLLECTOR_TIMEOUT_MS });
    return { version, freed, pending: false };
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'locked')) throw error;
    const { freed } = await planCollection(repository, { removing: [name] });
    await updateRefs(repository.gitDir, [{ name, expect: undefined, to: null }], { timeoutMs: LOCK_TIMEOUT_MS });
    return { version, freed, pending: true };
  }
}

async function removeNote(repository: Repository, registry: Registry, { model, version }: VersionTarget): Promise<void> {
  await editMain(repository, registry, {
    model,
    message: `delete ${version}`,
    change: ({ document, card, notes }) =>
      notes.has(version) ? { document, card, notes: new Map([[version, null]]) } : null,
  });
}
