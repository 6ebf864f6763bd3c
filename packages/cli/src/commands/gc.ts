import { parseDuration } from '../arguments/durations.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { confirm, note, print } from '../output/print.ts';
import { formatCount, formatSize } from '../output/units.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistry } from '../registry.ts';
import { COLLECTION_SHAPE, type CollectionJson, collectionJson } from '../shapes/upkeep.ts';

export const gc = defineCommand({
  name: 'gc',
  group: 'Upkeep',
  summary: 'free the bytes that no version holds any more',
  details: ['What is younger than the grace period, or in use by a writer, is left for the next time.'],
  arguments: {},
  options: {
    'dry-run': { short: 'n', summary: 'only say what would come free' },
    grace: { value: 'time', summary: 'leave what is younger than this: 90s, 30m, 2h, 1d, 2w or 0' },
  },
  examples: [
    { line: 'cairn gc --dry-run', does: 'says how many bytes would come free' },
    { line: 'cairn gc', does: 'frees them' },
  ],
  json: [{ shape: COLLECTION_SHAPE }],
  async run(context, { options }) {
    const graceMs = options.grace === undefined ? undefined : parseDuration('grace', options.grace);
    const choice = present({ graceMs });
    await withRegistry(context, async ({ core, registry }) => {
      if (options['dry-run']) {
        const plan = collectionJson(await core.planCollection(registry, choice), true);
        return print(context, { json: plan, text: () => `${collectionText(plan, 'would free')}\n` });
      }
      const report = await withProgress(context, (task) =>
        core.collectGarbage(registry, { ...choice, ...task }),
      );
      const done = collectionJson(report, false);
      await confirm(context, { json: done, text: () => collectionText(done, 'freed') });
      for (const { model, skipped } of done.models) {
        if (skipped !== null) await note(context, `left ${model} alone: ${skipped}`);
      }
    });
    return EXIT.done;
  },
});

function collectionText({ freed, models }: CollectionJson, verb: string): string {
  const touched = models.filter((model) => model.freed > 0);
  const lines = touched.map((model) => `  ${cleanLine(model.model)}  ${formatSize(model.freed)}`);
  const where = touched.length > 0 ? ` in ${formatCount(touched.length, 'model')}` : '';
  return [`${verb} ${formatSize(freed)}${where}`, ...lines].join('\n');
}
