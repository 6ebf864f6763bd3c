import type { Reference } from '@cairn/core';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { comparisonText, tensorsText } from '../diff-text.ts';
import { CommandError, usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { note, print } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import { OPENING_OPTIONS, type Opening, openingFrom } from '../secrets/opening.ts';
import {
  COMPARISON_SHAPE,
  comparisonJson,
  TENSOR_COMPARISON_SHAPE,
  tensorComparisonJson,
} from '../shapes/comparison.ts';

export const diff = defineCommand({
  name: 'diff',
  group: 'Look',
  summary: 'say how two versions differ, or two files of weights',
  details: [
    'With one version it is compared with the one that it was made from.',
    'Between two files, model@version:path, it says which tensors differ. Only parts that are not the same are read.',
    'What is in sealed versions is compared when your keys open both, and what is stored otherwise.',
  ],
  arguments: {
    before: {
      placeholder: '<ref>',
      summary: 'a version, or a file of one',
      completes: 'model@version:path',
    },
    after: {
      placeholder: '<ref>',
      summary: 'the later one; may be left out for a version that says what it was made from',
      optional: true,
      completes: 'model@version:path',
    },
  },
  options: OPENING_OPTIONS,
  examples: [
    { line: 'cairn diff stockpred@v2', does: 'says what changed since the version that v2 was made from' },
    { line: 'cairn diff stockpred@v1 stockpred@v3', does: 'compares two versions' },
    {
      line: 'cairn diff stockpred@v1:model.safetensors stockpred@v3:model.safetensors',
      does: 'says which tensors differ',
    },
  ],
  json: [
    { when: 'for versions', shape: COMPARISON_SHAPE },
    { when: 'for files', shape: TENSOR_COMPARISON_SHAPE },
  ],
  async run(context, { arguments: { before, after }, options }) {
    await withRegistry(context, async (open) => {
      const pair = await comparedPair(open, before, after);
      const opening = await openingFrom(context, open.core, options);
      if (pair.after.path === undefined) await compareVersions(context, open, { ...pair, opening });
      else await compareTensors(context, open, { ...pair, opening });
    });
    return EXIT.done;
  },
});

interface Pair {
  readonly before: Reference;
  readonly after: Reference;
}

async function comparedPair(
  { core, registry }: OpenRegistry,
  first: string,
  second: string | undefined,
): Promise<Pair> {
  const one = core.parseReference(first);
  if (second === undefined) {
    const { path, ...named } = one;
    const { model, version, base } = await core.showVersion(registry, named);
    if (base === null) {
      throw new CommandError('not-found', `${model}@${version} does not say what it was made from`, {
        hint: `name the version to compare it with: cairn diff <ref> ${first}`,
      });
    }
    return { before: { ...one, model, version: base }, after: { ...one, version } };
  }
  const other = core.parseReference(second);
  if ((one.path === undefined) !== (other.path === undefined)) {
    throw usageError('diff compares two versions or two files', 'write both with a path, or both without');
  }
  return { before: one, after: other };
}

interface Compared extends Pair {
  readonly opening: Opening;
}

async function compareVersions(
  context: Context,
  { core, registry }: OpenRegistry,
  { before, after, opening: { unlock, isWanted } }: Compared,
): Promise<void> {
  const comparison = await core.compareVersions(registry, before, after, { unlock });
  if (comparison.isShut && isWanted) {
    throw new CommandError('refused', 'a sealed version does not open with the keys and passphrases given', {
      hint: 'name another with --key or --key-file, or leave them out to compare what is stored',
    });
  }
  if (comparison.isShut) await note(context, 'a sealed version was not opened: what is stored is compared');
  await print(context, {
    json: comparisonJson(comparison),
    text: () => comparisonText(context, comparison),
  });
}

async function compareTensors(
  context: Context,
  { core, registry }: OpenRegistry,
  { before, after, opening: { unlock } }: Compared,
): Promise<void> {
  const comparison = await withProgress(context, (task) =>
    core.compareTensors(registry, before, after, { unlock, ...task }),
  );
  if (comparison === null) {
    const names = [before, after].map((reference) => core.formatReference(reference)).join(' and ');
    throw new CommandError('failed', `${names} are not both weights whose tensors can be told`, {
      hint: 'safetensors, GGUF, NumPy, PyTorch and ONNX files can be compared',
    });
  }
  await print(context, {
    json: tensorComparisonJson(comparison),
    text: () => tensorsText(context, comparison),
  });
}
