import { moveRepository } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { checkModelName } from '../names.ts';
import { modelFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { recordLeftModel } from '../sharing/left-models.ts';
import { configureRenamedModel, isKnownToBeShared } from '../sharing/model-remotes.ts';
import { COLLECTOR_TIMEOUT_MS } from '../time-limits.ts';
import { editMain, readMain } from './main-branch.ts';
import { modelNames, withModel } from './model-repository.ts';
import { withModelsLocked } from './models-lock.ts';

/**
 * Gives a model another name. Its versions stay as they are: each says in `version.json` what the model was
 * called when it was made, and the folder's name is what counts. Where it is shared it becomes a model of its own: what
 * is on a remote under the old name stays there.
 */
export function renameModel(registry: Registry, name: string, to: string): Promise<void> {
  return atBorder(async () => {
    checkModelName(to);
    await withModelsLocked(registry, `rename ${name}`, async () => {
      await checkRename(registry, name, to);
      if (isKnownToBeShared(modelFolder(registry, name))) await recordLeftModel(registry, name, true);
      await moveRepository(modelFolder(registry, name), modelFolder(registry, to), {
        purpose: `rename ${name}`,
        timeoutMs: COLLECTOR_TIMEOUT_MS,
      });
    });
    await withModel(registry, to, async (repository) => {
      await configureRenamedModel(registry, repository, to);
      await editMain(repository, registry, {
        model: to,
        message: `rename ${name} to ${to}`,
        change: ({ document, card }) => ({ document: { ...document, name: to }, card }),
      });
    });
  });
}

/** A model whose main cannot be read stays where it is: its new name could not be written there. */
async function checkRename(registry: Registry, name: string, to: string): Promise<void> {
  await withModel(registry, name, (repository) => readMain(repository, name));
  const names = await modelNames(registry);
  const taken = names.find((other) => other !== name && other.toLowerCase() === to.toLowerCase());
  if (taken === undefined && to !== name) return;
  throw new CairnError('exists', `${name} cannot be renamed to ${to}: ${taken ?? to} exists`, {
    hint: 'choose another name',
  });
}
