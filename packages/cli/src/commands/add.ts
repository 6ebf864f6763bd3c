import type { CreatedVersion } from '@cairn/core';
import { parseNumberPairs, parsePairs } from '../arguments/pairs.ts';
import { sourcesFrom } from '../arguments/sources.ts';
import { defineCommand } from '../command.ts';
import { CommandError, usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm, note } from '../output/print.ts';
import { formatCount, formatSize } from '../output/units.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { type OpenRegistry, withRegistryAsAuthor } from '../registry.ts';
import { CREATED_VERSION_SHAPE, createdVersionJson } from '../shapes/versions.ts';

export const add = defineCommand({
  name: 'add',
  group: 'Versions',
  summary: 'add files as a new version of a model',
  details: [
    'The contents of a folder go to the root of the version, a file goes there under its own name. ' +
      '--into sets another place for the paths after it, and --into . goes back to the root.',
    'What is stored already, in any version of the model, is not stored again.',
  ],
  arguments: {
    version: {
      placeholder: '<model>@<version>',
      summary: 'the model, and a new name for the version',
      completes: 'new-version',
    },
    paths: { placeholder: '<path>', summary: 'folders and files', many: true, completes: 'file' },
  },
  options: {
    message: { short: 'm', value: 'text', summary: 'the description of the version' },
    base: { value: 'version', summary: 'the version it was made from', completes: 'base' },
    metric: { value: 'key=number', many: true, summary: 'a metric; may be repeated' },
    param: { value: 'key=value', many: true, summary: 'a parameter; may be repeated' },
    label: { value: 'key=value', many: true, summary: 'a label; may be repeated' },
    framework: { value: 'name', summary: 'the framework it is for, such as pytorch' },
    into: { value: 'dir', many: true, summary: 'a place inside the version for the paths after it' },
    create: { summary: 'make the model if there is none' },
  },
  examples: [
    { line: 'cairn add stockpred@v1 ./out --create', does: 'makes the model and adds its first version' },
    {
      line: 'cairn add stockpred@v2 ./out -m "More data" --base v1 --metric accuracy=0.93',
      does: 'adds a version with its story',
    },
    {
      line: 'cairn add stockpred@v3 ./out --into tokenizer ./tok',
      does: 'puts the contents of tok into the folder tokenizer',
    },
  ],
  json: [{ shape: CREATED_VERSION_SHAPE }],
  async run(context, { arguments: { version: reference }, options, words }) {
    const { message: description, base, framework } = options;
    const details = {
      sources: sourcesFrom(words, context.workingFolder()),
      params: parsePairs('param', options.param),
      metrics: parseNumberPairs('metric', options.metric),
      labels: parsePairs('label', options.label),
      createModel: options.create,
      ...present({ description, base, framework }),
    };
    await withRegistryAsAuthor(context, async (open) => {
      const name = parseVersionName(open, reference);
      const created = await withProgress(context, (task) =>
        open.core.createVersion(open.registry, name, { ...details, ...task }),
      ).catch((error) => explainMissingModel(open, name.model, error));
      for (const path of created.skipped) await note(context, `left out ${path}`);
      await confirm(context, { json: createdVersionJson(created), text: () => summaryOf(created) });
    });
    return EXIT.done;
  },
});

function parseVersionName({ core }: OpenRegistry, text: string): { model: string; version: string } {
  const { model, version, path } = core.parseReference(text);
  if (version === undefined)
    throw usageError(`'${text}' names no version`, `such as cairn add ${model}@v1 path`);
  if (path !== undefined)
    throw usageError(`'${text}' names a file`, 'a place inside the version is set with --into');
  return { model, version };
}

/** Whatever was not found, when there is no such model the next step is to make it. */
async function explainMissingModel(open: OpenRegistry, model: string, error: unknown): Promise<never> {
  if (!isNotFound(error) || (await modelExists(open, model))) throw error;
  throw new CommandError('not-found', `there is no model ${model}`, {
    hint: `add --create to this command, or make it first with cairn new ${model}`,
    cause: error,
  });
}

async function modelExists({ core, registry }: OpenRegistry, model: string): Promise<boolean> {
  try {
    await core.showModel(registry, model);
    return true;
  } catch (error) {
    return !isNotFound(error);
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'not-found';
}

function summaryOf({ version, stored, reused }: CreatedVersion): string {
  const files = formatCount(version.files.length, 'file');
  const news =
    reused.bytes > 0 ? `; ${formatSize(stored.bytes)} new, ${formatSize(reused.bytes)} there already` : '';
  return `added ${version.model}@${version.version}: ${files}, ${formatSize(version.size)}${news}`;
}
