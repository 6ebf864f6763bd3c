import { join } from 'node:path';
import { type Command, run } from './measure/process.ts';
import { ROOT } from './root.ts';

const EXECUTABLE = join(ROOT, 'packages', 'cli', 'bin', 'cairn.js');

/** A `cairn` process as the checkout's `npx cairn` starts it, its keys beside the registry. */
export function cairn(registry: string, ...args: string[]): Command {
  const variables = { CAIRN_REGISTRY: registry, CAIRN_CONFIG: configFolder(registry) };
  return { program: process.execPath, args: [EXECUTABLE, ...args], variables };
}

/** The user's configuration, as commands on a registry find it here. */
export function configFolder(registry: string): string {
  return `${registry}-config`;
}

/** Makes a registry in a folder, with a model of that name that has no versions yet. */
export async function makeRegistry(folder: string, model: string): Promise<string> {
  const registry = join(folder, 'registry');
  await run(cairn(registry, 'init', registry));
  await run(cairn(registry, 'new', model));
  return registry;
}

/** Where the repository of a model lies. */
export function modelFolder(registry: string, model: string): string {
  return join(registry, 'models', `${model}.git`);
}
