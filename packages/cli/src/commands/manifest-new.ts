import { writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Framework, ManifestSchema } from '@cairn/core';
import { defineCommand } from '../command.ts';
import { CommandError, systemCode, usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { NEW_MANIFEST_SHAPE } from '../shapes/packages.ts';

export const manifestNew = defineCommand({
  name: 'manifest new',
  group: 'Packages',
  summary: 'write a manifest to begin a package with',
  details: [
    'The name and the version in a manifest are for people to read. They name nothing in a registry.',
  ],
  arguments: {
    file: {
      placeholder: '<file>',
      summary: 'the file; manifest.json in the working folder if left out',
      optional: true,
      completes: 'file',
    },
  },
  options: {
    name: { value: 'text', summary: 'the name of the package; else that of the folder the file is in' },
    'model-version': { value: 'text', summary: 'the version to read in it; 1 if left out' },
    schema: { value: 'schema', summary: 'v2024.1, which is the default, or v2023.1' },
    framework: { value: 'name', summary: 'tensorflow, tensorflow.keras, pytorch or pytorch.lightning' },
    submodel: {
      value: 'name',
      many: true,
      summary: 'a submodel, with its files in models/<name>; may be repeated',
    },
    service: { value: 'name', many: true, summary: 'a service; may be repeated; main if left out' },
    force: { short: 'f', summary: 'replace the file if it is there' },
  },
  examples: [
    { line: 'cairn manifest new', does: 'writes manifest.json, named after the working folder' },
    {
      line: 'cairn manifest new --name stockpred --submodel scaler --submodel net',
      does: 'writes one with two submodels',
    },
    {
      line: 'cairn manifest new --schema v2023.1 --framework tensorflow.keras',
      does: 'writes one of the older schema',
    },
  ],
  json: [{ shape: NEW_MANIFEST_SHAPE }],
  async run(context, { arguments: { file = 'manifest.json' }, options }) {
    const path = resolve(context.workingFolder(), file);
    const { schema, framework, submodel: submodels, service: services } = options;
    if (schema === 'v2023.1' && framework === undefined) {
      throw usageError('a manifest of the schema v2023.1 needs --framework', 'such as --framework pytorch');
    }
    const core = await context.loadCore();
    const text = core.newPackageManifest({
      name: options.name ?? basename(dirname(path)),
      version: options['model-version'] ?? '1',
      submodels,
      services,
      // What they may be, the library says.
      ...present({ schema: schema as ManifestSchema, framework: framework as Framework }),
    });
    await write(path, text, options.force);
    await confirm(context, { json: { file: path, manifest: JSON.parse(text) }, text: () => `wrote ${path}` });
    return EXIT.done;
  },
});

async function write(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'EEXIST') {
      throw new CommandError('refused', `${path} is there already`, {
        hint: 'use --force to replace it',
        cause,
      });
    }
    if (code === 'ENOENT') {
      throw new CommandError('not-found', `there is no folder ${dirname(path)}`, {
        hint: 'make it first',
        cause,
      });
    }
    throw new CommandError(
      'failed',
      `cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}
