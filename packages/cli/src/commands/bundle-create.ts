import { resolve } from 'node:path';
import { formatCount, formatSize } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistry } from '../registry.ts';
import { CREATED_BUNDLE_SHAPE, createdBundleJson } from '../shapes/lazy.ts';

export const bundleCreate = defineCommand({
  name: 'bundle create',
  group: 'Share',
  summary: 'write models into one file, for machines without a network',
  details: [
    'The file is a plain Git bundle: `cairn bundle import` takes it over, and stock Git clones from it too. A model ' +
      'comes with its description, card and aliases, and with all versions, or with those that are named. What a lazy ' +
      'clone lacks is fetched first.',
  ],
  arguments: {
    references: {
      placeholder: '<ref>',
      summary: 'model, for all its versions, or model@version',
      many: true,
      completes: 'model@version',
    },
    file: { placeholder: '<file>', summary: 'a new file, such as models.bundle', completes: 'file' },
  },
  options: { force: { short: 'f', summary: 'replace the file if it is there' } },
  examples: [
    { line: 'cairn bundle create stockpred stockpred.bundle', does: 'writes a model with all its versions' },
    { line: 'cairn bundle create stockpred@v2 fraud@prod release.bundle', does: 'writes two versions' },
  ],
  json: [{ shape: CREATED_BUNDLE_SHAPE }],
  async run(context, { arguments: { references, file }, options: { force } }) {
    const path = resolve(context.workingFolder(), file);
    await withRegistry(context, async ({ core, registry }) => {
      const made = createdBundleJson(
        await withProgress(context, (task) =>
          core.createBundle(registry, references, path, { ...task, force }),
        ),
      );
      const versions = made.models.reduce((sum, model) => sum + model.versions.length, 0);
      await confirm(context, {
        json: made,
        text: () => {
          const what = `${formatCount(made.models.length, 'model')} with ${formatCount(versions, 'version')}`;
          return `wrote ${what} into ${made.file}, ${formatSize(made.size)}`;
        },
      });
    });
    return EXIT.done;
  },
});
