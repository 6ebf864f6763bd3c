import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { environmentFor } from '../registry.ts';
import { REGISTRY_SHAPE, registryJson } from '../shapes/models.ts';
import { withTemplate } from '../template.ts';

export const init = defineCommand({
  name: 'init',
  group: 'Begin',
  summary: 'make a registry',
  arguments: {
    dir: {
      placeholder: '<dir>',
      summary: 'a new or empty folder; the working folder if left out',
      optional: true,
      completes: 'folder',
    },
  },
  options: {
    name: { value: 'text', summary: 'the name of the registry; else that of its folder' },
    description: { short: 'd', value: 'text', summary: 'what the registry is for' },
    template: {
      value: 'dir',
      summary: 'a folder to start from, in place of the usual files',
      completes: 'folder',
    },
  },
  examples: [
    { line: 'cairn init', does: 'makes the working folder, which has to be empty, a registry' },
    {
      line: 'cairn init models -d "Models of the pricing team"',
      does: 'makes a registry in the folder models',
    },
  ],
  json: [{ shape: REGISTRY_SHAPE }],
  async run(context, { arguments: { dir }, options }) {
    const path = resolve(context.workingFolder(), dir ?? context.globals.registry ?? '.');
    const core = await context.loadCore();
    const environment = await environmentFor(context, 'author', path);
    const { name, description } = options;
    const registry = await withTemplate(
      options.template && resolve(context.workingFolder(), options.template),
      (template) => core.initRegistry(path, { template, ...present({ name, description }) }, environment),
    );
    await confirm(context, {
      json: registryJson(registry),
      text: () => `made the registry ${registry.name} in ${registry.path}`,
    });
    return EXIT.done;
  },
});
