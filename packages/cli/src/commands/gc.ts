import { formatCount, formatSize } from '@cairn/core/units';
import { parseDuration } from '../arguments/durations.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { confirm, note, print } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistry } from '../registry.ts';
import { COLLECTION_SHAPE, type CollectionJson, collectionJson } from '../shapes/upkeep.ts';

export const gc = defineCommand({
  name: 'gc',
  group: 'Upkeep',
  summary: 'free the bytes that no version holds any more',
  details: [
    'What is younger than the grace period, or in use by a writer, is left for the next time.',
    '--fetched drops weights that were fetched into lazy clones, which come back when they are needed. Each remote is ' +
      'asked first whether it still has the versions that they belong to; all else stays.',
  ],
  arguments: {},
  options: {
    'dry-run': { short: 'n', summary: 'only say what would come free' },
    fetched: { summary: 'drop fetched weights that a remote still has, and nothing else' },
    grace: { value: 'time', summary: 'leave what is younger than this: 90s, 30m, 2h, 1d, 2w or 0' },
  },
  examples: [
    { line: 'cairn gc --dry-run', does: 'says how many bytes would come free' },
    { line: 'cairn gc', does: 'frees them' },
    { line: 'cairn gc --fetched', does: 'frees what can be fetched again' },
  ],
  json: [{ shape: COLLECTION_SHAPE }],
  async run(context, { options }) {
    const graceMs = options.grace === undefined ? undefined : parseDuration('grace', options.grace);
    const choice = present({ graceMs });
    if (options.fetched && graceMs !== undefined) {
      throw usageError('--grace is about what no version uses, and --fetched is not');
    }
    await withRegistry(context, async ({ core, registry }) => {
      const { plan, collect } = options.fetched
        ? { plan: core.planDropFetched, collect: core.dropFetched }
        : { plan: core.planCollection, collect: core.collectGarbage };
      if (options['dry-run']) {
        const planned = collectionJson(await plan(registry, choice), true);
        await print(context, { json: planned, text: () => `${collectionText(planned, 'would free')}\n` });
        return noteSkipped(context, planned);
      }
      const report = await withProgress(context, (task) => collect(registry, { ...choice, ...task }));
      const done = collectionJson(report, false);
      await confirm(context, { json: done, text: () => collectionText(done, 'freed') });
      await noteSkipped(context, done);
    });
    return EXIT.done;
  },
});

async function noteSkipped(context: Context, { models }: CollectionJson): Promise<void> {
  for (const { model, skipped } of models) {
    if (skipped !== null) await note(context, `left ${model} alone: ${skipped}`);
  }
}

function collectionText({ freed, models }: CollectionJson, verb: string): string {
  const touched = models.filter((model) => model.freed > 0);
  const lines = touched.map((model) => `  ${cleanLine(model.model)}  ${formatSize(model.freed)}`);
  const where = touched.length > 0 ? ` in ${formatCount(touched.length, 'model')}` : '';
  return [`${verb} ${formatSize(freed)}${where}`, ...lines].join('\n');
}
