import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { IMPORTED_BUNDLE_SHAPE, importedBundleJson } from '../shapes/lazy.ts';
import { SHARING_PROBLEM_SHAPE } from '../shapes/sharing.ts';
import { PREFERENCE_OPTIONS, preferenceFrom } from '../sharing-preference.ts';
import { importedText, noteProblems } from '../sharing-text.ts';

export const bundleImport = defineCommand({
  name: 'bundle import',
  group: 'Share',
  summary: 'take over the models in a bundle',
  details: [
    'It does what `cairn pull` does, with a file in the place of a remote: models and versions that are not here come, ' +
      'edits are merged, and nothing here is replaced or deleted. All of it is checked before anything is taken over.',
  ],
  arguments: {
    file: { placeholder: '<file>', summary: 'what `cairn bundle create` has written', completes: 'file' },
  },
  options: PREFERENCE_OPTIONS,
  examples: [{ line: 'cairn bundle import release.bundle', does: 'takes over what is new' }],
  json: [{ shape: IMPORTED_BUNDLE_SHAPE }, { when: 'in its problems', shape: SHARING_PROBLEM_SHAPE }],
  async run(context, { arguments: { file }, options }) {
    const prefer = preferenceFrom(options);
    const path = resolve(context.workingFolder(), file);
    return withRegistryAsAuthor(context, async ({ core, registry }) => {
      const imported = importedBundleJson(
        await withProgress(context, (task) =>
          core.importBundle(registry, path, { ...present({ prefer }), ...task }),
        ),
      );
      await confirm(context, { json: imported, text: () => importedText(imported) });
      const problems = [...imported.models.flatMap((model) => model.problems), ...imported.problems];
      return noteProblems(context, problems);
    });
  },
});
