import { formatSize } from '@cairn/core/units';
import { keyringOf } from '../config-folder.ts';
import type { Context } from '../context.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import type { Candidate } from './answer.ts';
import type { Names } from './kinds.ts';

/** The names in a registry: the one given, or the one that commands would find. */
export function registryNames(context: Context, registry: string | undefined): Names {
  const chosen: Context = { ...context, globals: { ...context.globals, registry } };
  const look = (use: (open: OpenRegistry) => Promise<Candidate[]>) => withRegistry(chosen, use);
  return {
    models: () =>
      look(async ({ core, registry }) => {
        const models = await core.listModels(registry);
        return models.map((model) => ({
          value: model.name,
          summary: model.problem ? '' : model.description,
        }));
      }),
    versions: (model) =>
      look(async ({ core, registry }) => {
        const versions = await core.listVersions(registry, model);
        return versions.map(({ version, description }) => ({ value: version, summary: description }));
      }),
    aliases: (model) =>
      look(async ({ core, registry }) => {
        const { aliases } = await core.showModel(registry, model);
        return Object.entries(aliases).map(([alias, version]) => ({
          value: alias,
          summary: `is ${version}`,
        }));
      }),
    files: (model, version) =>
      look(async ({ core, registry }) => {
        const { files } = await core.showVersion(registry, { model, version });
        return files.map(({ path, size }) => ({ value: path, summary: formatSize(size) }));
      }),
    keys: async () => {
      const core = await context.loadCore();
      const keys = await core.listKeys(keyringOf(context));
      return keys.map(({ name, fingerprint }) => ({ value: name, summary: fingerprint }));
    },
  };
}
