import { resolve } from 'node:path';
import type { CreatedVersion } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import { parseNumberPairs, parsePairs } from '../arguments/pairs.ts';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm, note } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { type OpenRegistry, withRegistryAsAuthor } from '../registry.ts';
import { CREATED_VERSION_SHAPE, createdVersionJson } from '../shapes/versions.ts';

export const importPackage = defineCommand({
  name: 'import',
  group: 'Packages',
  summary: 'add a package from a .mlarchive or a .cairn file',
  details: [
    'Which of them it is, its content tells. An archive becomes a version of type packaged, and is checked before ' +
      'anything of it is written. A .cairn file becomes one of type packaged-encrypted, sealed as it is; no key is needed.',
    "MLflow's registry is taken over as a whole by cairn import mlflow-registry.",
    'Hooks of a package that came from elsewhere do not run before you say so: see cairn run.',
  ],
  arguments: {
    file: { placeholder: '<file>', summary: 'a .mlarchive or .cairn file', completes: 'file' },
    version: {
      placeholder: '<model>@<version>',
      summary: 'what to call it; what the file says if left out',
      optional: true,
      completes: 'new-version',
    },
  },
  options: {
    message: { short: 'm', value: 'text', summary: 'the description of the version' },
    base: { value: 'version', summary: 'the version it was made from', completes: 'base' },
    metric: { value: 'key=number', many: true, summary: 'a metric; may be repeated' },
    param: { value: 'key=value', many: true, summary: 'a parameter; may be repeated' },
    label: { value: 'key=value', many: true, summary: 'a label; may be repeated' },
    create: { summary: 'make the model if there is none' },
  },
  examples: [
    {
      line: 'cairn import stockpred.mlarchive stockpred@v1 --create',
      does: 'adds the package of an archive',
    },
    { line: 'cairn import secret-v1.cairn', does: 'adds a sealed package under its own name' },
  ],
  json: [{ shape: CREATED_VERSION_SHAPE }],
  async run(context, { arguments: { file, version: reference }, options }) {
    const { message: description, base } = options;
    const details = {
      params: parsePairs('param', options.param),
      metrics: parseNumberPairs('metric', options.metric),
      labels: parsePairs('label', options.label),
      createModel: options.create,
      ...present({ description, base }),
    };
    const path = resolve(context.workingFolder(), file);
    await withRegistryAsAuthor(context, async (open) => {
      const name = nameFrom(open, reference);
      const created = await withProgress(context, (task) =>
        open.core.importPackageFile(open.registry, path, name, { ...details, ...task }),
      );
      for (const skipped of created.skipped) await note(context, `left out ${skipped}`);
      await confirm(context, { json: createdVersionJson(created), text: () => summaryOf(file, created) });
    });
    return EXIT.done;
  },
});

/** A model alone is enough: the file says which version it is. */
function nameFrom({ core }: OpenRegistry, text: string | undefined): { model?: string; version?: string } {
  if (text === undefined) return {};
  const { model, version, path } = core.parseReference(text);
  if (path !== undefined) throw usageError(`'${text}' names a file`, `such as cairn import file ${model}@v1`);
  return { model, ...present({ version }) };
}

function summaryOf(file: string, { version }: CreatedVersion): string {
  const files = formatCount(version.files.length, 'file');
  return `imported ${file} as ${version.model}@${version.version}: ${files}, ${formatSize(version.size)}`;
}
