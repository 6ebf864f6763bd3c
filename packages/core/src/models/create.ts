import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createRepository, openRepository, replaceDurably } from '@cairn/store';
import { atBorder } from '../errors.ts';
import { checkModelName } from '../names.ts';
import { localFolder, modelFolder, modelsFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { MODEL_SCHEMA } from '../schema/model.ts';
import { configureNewModel } from '../sharing/model-remotes.ts';
import type { SignOptions } from '../signing/signing.ts';
import { changedLabels, checkCard, checkDescription } from './details.ts';
import { createMain } from './main-branch.ts';
import { checkModelIsNew } from './model-repository.ts';
import { withModelsLocked } from './models-lock.ts';
import { type Model, showModel } from './show.ts';

export interface CreateModelOptions extends SignOptions {
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The model card, Markdown. */
  readonly card?: string;
}

/** Makes a model without versions. Throws `exists` for a name that is taken, whatever its case. */
export function createModel(
  registry: Registry,
  name: string,
  options: CreateModelOptions = {},
): Promise<Model> {
  return atBorder(async () => {
    checkModelName(name);
    await checkModelIsNew(registry, name);
    await makeFolder(modelsFolder(registry));
    await makeFolder(localFolder(registry));
    await withModelsLocked(registry, `create ${name}`, async () => {
      await checkModelIsNew(registry, name);
      await createWhole(registry, name, options);
    });
    return showModel(registry, name);
  });
}

/** Builds the repository aside and moves it into place, so that no one ever sees half a model. */
async function createWhole(registry: Registry, name: string, options: CreateModelOptions): Promise<void> {
  const aside = join(localFolder(registry), `tmp_${randomBytes(6).toString('hex')}.git`);
  try {
    createRepository(aside);
    const repository = openRepository(aside);
    try {
      await createMain(
        repository,
        registry,
        {
          document: {
            schema: MODEL_SCHEMA,
            name,
            description: checkDescription(options.description ?? ''),
            labels: changedLabels({}, options.labels ?? {}),
            aliases: {},
          },
          card: checkCard(options.card ?? `# ${name}\n`),
        },
        options,
      );
      await configureNewModel(registry, repository, name);
    } finally {
      repository.close();
    }
    replaceDurably(aside, modelFolder(registry, name));
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}
