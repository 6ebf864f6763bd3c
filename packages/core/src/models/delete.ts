import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { moveRepository } from '@cairn/store';
import { asCairnError, atBorder, CairnError } from '../errors.ts';
import { modelFolder, trashFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { recordLeftModel } from '../sharing/left-models.ts';
import { isKnownToBeShared } from '../sharing/model-remotes.ts';
import { COLLECTOR_TIMEOUT_MS } from '../time-limits.ts';
import { versionTags } from '../versions/version-tags.ts';
import { isProtected } from './aliases.ts';
import { readMain } from './main-branch.ts';
import { modelNames, withModel } from './model-repository.ts';
import { withModelsLocked } from './models-lock.ts';

export interface ModelDeletion {
  /** Names of the versions that go, newest first. */
  readonly versions: readonly string[];
  /** Bytes on disk that come free. */
  readonly freed: number;
}

/** What deleting a model would take away. Changes nothing. */
export function planModelDeletion(registry: Registry, name: string): Promise<ModelDeletion> {
  return atBorder(async () => {
    const versions = await namesOfVersions(registry, name);
    return { versions, freed: await folderSize(modelFolder(registry, name)) };
  });
}

/** None for a model that cannot be read any more, which can be deleted all the same. */
async function namesOfVersions(registry: Registry, model: string): Promise<string[]> {
  try {
    return await withModel(registry, model, async (repository) =>
      (await versionTags(repository, registry, model)).map((tag) => tag.name),
    );
  } catch (error) {
    if (asCairnError(error).code === 'not-found' && !(await modelNames(registry)).includes(model))
      throw error;
    return [];
  }
}

export interface DeleteModelOptions {
  /** Whether a model goes that has a protected alias. */
  readonly force?: boolean;
}

/**
 * Deletes a model with all its versions: gone from sight in one step, then its bytes are removed. Throws `refused` for
 * one with a protected alias, unless that is insisted on.
 */
export function deleteModel(
  registry: Registry,
  name: string,
  { force = false }: DeleteModelOptions = {},
): Promise<ModelDeletion> {
  return atBorder(async () => {
    if (!force) await checkNotProtected(registry, name);
    const plan = await planModelDeletion(registry, name);
    if (isKnownToBeShared(modelFolder(registry, name))) await recordLeftModel(registry, name, true);
    await makeFolder(trashFolder(registry));
    const trash = join(trashFolder(registry), `${name}-${randomBytes(6).toString('hex')}`);
    await withModelsLocked(registry, `delete ${name}`, () =>
      moveRepository(modelFolder(registry, name), trash, {
        purpose: `delete ${name}`,
        timeoutMs: COLLECTOR_TIMEOUT_MS,
      }),
    );
    await rm(trash, { recursive: true, force: true });
    return plan;
  });
}

/** A model that cannot be read any more protects nothing. */
async function checkNotProtected(registry: Registry, name: string): Promise<void> {
  const main = await withModel(registry, name, (repository) => readMain(repository, name)).catch(() => null);
  const alias = main && Object.keys(main.document.aliases).find((each) => isProtected(main.document, each));
  if (alias == null) return;
  throw new CairnError('refused', `the model ${name} cannot be deleted: its alias ${alias} is protected`, {
    hint: `with --force it is deleted all the same; or first \`cairn alias unprotect ${name} ${alias}\``,
    data: { model: name, alias, reason: 'protected' },
  });
}

/**
 * Takes back a model that was made for a version which did not come to be. It stays once it has versions, or when
 * something is in the way: an empty model does no harm.
 */
export async function takeBackModel(registry: Registry, name: string): Promise<void> {
  try {
    if ((await namesOfVersions(registry, name)).length === 0) await deleteModel(registry, name);
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
  }
}

/** Bytes of all files in a folder; 0 when it is not there. */
export async function folderSize(folder: string): Promise<number> {
  let size = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const status = await stat(join(entry.parentPath, entry.name)).catch(() => null);
    size += status?.size ?? 0;
  }
  return size;
}
