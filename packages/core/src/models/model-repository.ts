import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { openRepository, type Repository, systemCode } from '@cairn/store';
import { asCairnError, CairnError, type CairnErrorCode } from '../errors.ts';
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
  await checkModelIsThere(registry, model);
  const folder = modelFolder(registry, model);
  const identity = identityOf(folder);
  try {
    return await withRepository(folder, operation);
  } catch (error) {
    const isAbout = MISSED_CODES.has(asCairnError(error).code);
    throw isAbout && identityOf(folder) !== identity ? goneModel(registry, model, error) : error;
  }
}

async function withRepository<T>(
  folder: string,
  operation: (repository: Repository) => Promise<T>,
): Promise<T> {
  const repository = openRepository(folder);
  try {
    return await operation(repository);
  } finally {
    repository.close();
  }
}

/** What readers of a model run into when it is deleted or renamed, which waits for writers only. */
const MISSED_CODES: ReadonlySet<CairnErrorCode> = new Set(['not-found', 'damaged', 'unsupported', 'failed']);

/** Tells a folder from a later one of its name; null when there is none. */
function identityOf(folder: string): string | null {
  const status = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return status ? `${status.dev} ${status.ino} ${status.birthtimeNs}` : null;
}

function goneModel(registry: Registry, model: string, cause: unknown): CairnError {
  return new CairnError(
    'not-found',
    `the model ${model} was deleted or renamed meanwhile, in ${registry.path}`,
    {
      hint: 'see what there is with `cairn ls`',
      data: { model },
      cause,
    },
  );
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

async function checkModelIsThere(registry: Registry, model: string): Promise<void> {
  checkModelName(model);
  const names = await modelNames(registry);
  if (!names.includes(model)) throw unknownModel(registry, model, names);
}

function unknownModel(registry: Registry, model: string, names: readonly string[]): CairnError {
  const close = names.find((name) => name.toLowerCase() === model.toLowerCase());
  return new CairnError('not-found', `no model named ${model} in ${registry.path}`, {
    hint: close ? `did you mean ${close}?` : 'see what there is with `cairn ls`, or make it with `cairn new`',
    data: { model },
  });
}
