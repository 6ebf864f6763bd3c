import { readdir } from 'node:fs/promises';
import { openRepository, type Repository, systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { checkModelName, isModelName } from '../names.ts';
import { modelFolder, modelsFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';

const REPOSITORY_SUFFIX = '.git';

/** Names of all models, sorted; folders that are none are passed over. */
export async function modelNames(registry: Registry): Promise<string[]> {
  let entries: string[];
  try {
    entries = await readdir(modelsFolder(registry));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.endsWith(REPOSITORY_SUFFIX))
    .map((entry) => entry.slice(0, -REPOSITORY_SUFFIX.length))
    .filter(isModelName)
    .sort();
}

/** Runs an operation on a model's repository, open for as long as it takes. Throws `not-found`. */
export async function withModel<T>(
  registry: Registry,
  model: string,
  operation: (repository: Repository) => Promise<T>,
): Promise<T> {
  const repository = await openModel(registry, model);
  try {
    return await operation(repository);
  } finally {
    repository.close();
  }
}

/** Throws `exists` when a model has this name, or one that differs from it only in case. */
export async function checkModelIsNew(registry: Registry, model: string): Promise<void> {
  const folded = model.toLowerCase();
  const taken = (await modelNames(registry)).find((name) => name.toLowerCase() === folded);
  if (taken === undefined) return;
  const difference = taken === model ? '' : `: ${taken} differs from it only in case`;
  throw new CairnError('exists', `the model ${model} cannot be made${difference || ': it exists'}`, {
    hint: `see it with \`cairn show ${taken}\`, or choose another name`,
    data: { model, taken },
  });
}

async function openModel(registry: Registry, model: string): Promise<Repository> {
  checkModelName(model);
  const names = await modelNames(registry);
  if (!names.includes(model)) throw unknownModel(registry, model, names);
  return openRepository(modelFolder(registry, model));
}

function unknownModel(registry: Registry, model: string, names: readonly string[]): CairnError {
  const close = names.find((name) => name.toLowerCase() === model.toLowerCase());
  return new CairnError('not-found', `no model named ${model} in ${registry.path}`, {
    hint: close ? `did you mean ${close}?` : 'see what there is with `cairn ls`, or make it with `cairn new`',
    data: { model },
  });
}
