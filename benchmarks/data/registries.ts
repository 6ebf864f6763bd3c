import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createModel,
  createVersion,
  type Environment,
  initRegistry,
  openRegistry,
  type Registry,
} from '@cairn/core';
import { modelFolder } from '../cairn.ts';
import { ROOT } from '../root.ts';
import { removeFolder } from '../work-folder.ts';
import { joinRepositories } from './join-repositories.ts';

/** The registries of the lists are made by the library in this process: a process for each version takes hours. */

const ENVIRONMENT: Environment = {
  identity: { name: 'Benchmark', email: 'benchmark@example.invalid' },
  now: () => new Date(),
  timezoneOffsetMinutes: () => 0,
};

/** Called now and then with how many of all are made. */
type Tell = (done: number, total: number) => void;

/** A registry of so many models, each with one version of one small file. */
export async function registryOfModels(folder: string, models: number, tell: Tell): Promise<string> {
  const registry = await makeRegistry(folder);
  for (let index = 0; index < models; index += 1) {
    const model = `model-${String(index).padStart(4, '0')}`;
    await createModel(registry, model, { description: `Model ${index} of ${models}` });
    await addSmallVersion(registry, { model, version: 'v1' }, folder);
    tell(index + 1, models);
  }
  return registry.path;
}

/** Adding to a model takes longer with every version it has, so that many are made in several and joined. */
const BATCH = 100;

/** A registry of one model, with so many versions of one small file, each in a pack of its own as they were added. */
export async function registryOfVersions(
  folder: string,
  { model, versions }: { model: string; versions: number },
  tell: Tell,
): Promise<string> {
  const whole = await makeRegistry(folder);
  await createModel(whole, model, {});
  for (let first = 1; first <= versions; first += BATCH) {
    const scratch = join(folder, 'batch');
    const batch = await makeRegistry(scratch);
    await createModel(batch, model, {});
    for (let number = first; number < first + BATCH && number <= versions; number += 1) {
      await addSmallVersion(batch, { model, version: `v${number}` }, folder);
      tell(number, versions);
    }
    joinRepositories(modelFolder(batch.path, model), modelFolder(whole.path, model));
    removeFolder(scratch);
  }
  return whole.path;
}

async function makeRegistry(folder: string): Promise<Registry> {
  const path = join(folder, 'registry');
  await initRegistry(path, { template: join(ROOT, 'registry-template') }, ENVIRONMENT);
  return openRegistry(path, ENVIRONMENT);
}

async function addSmallVersion(
  registry: Registry,
  name: { model: string; version: string },
  folder: string,
): Promise<void> {
  const source = smallSource(folder, name.version);
  const description = `Version ${name.version}, trained for the list`;
  await createVersion(registry, name, { sources: [{ path: source }], description });
}

/** A folder with one small file whose contents depend on the name given. */
export function smallSource(folder: string, name: string): string {
  const source = join(folder, 'source');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'config.json'), `${JSON.stringify({ name })}\n`);
  return source;
}
