import { defineCommand } from '../command.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistry } from '../registry.ts';
import { PUSH_SHAPE, pushJson, SHARING_PROBLEM_SHAPE } from '../shapes/sharing.ts';
import { allProblems, noteProblems, pushText } from '../sharing-text.ts';

export const push = defineCommand({
  name: 'push',
  group: 'Share',
  summary: 'send what a remote does not have',
  details: [
    'Versions, edits of models, and the files of the registry itself. Nothing there is replaced or deleted: where ' +
      'somebody else was first, cairn pull brings what they did, and cairn push settles it. What was deleted there is ' +
      'sent again only when it is named.',
  ],
  arguments: {
    references: {
      placeholder: '<ref>',
      summary: 'model or model@version; everything if left out',
      optional: true,
      many: true,
      completes: 'model@version',
    },
  },
  options: { remote: { value: 'name', summary: 'which remote; origin, or the only one, if left out' } },
  examples: [
    { line: 'cairn push', does: 'sends everything that is new' },
    { line: 'cairn push stockpred@v3', does: 'sends one version, and the edits of its model' },
  ],
  json: [{ shape: PUSH_SHAPE }, { when: 'in its problems', shape: SHARING_PROBLEM_SHAPE }],
  async run(context, { arguments: { references }, options: { remote } }) {
    return withRegistry(context, async ({ core, registry }) => {
      const chosen = present({ remote, references: references.length > 0 ? references : undefined });
      const report = pushJson(
        await withProgress(context, (task) => core.push(registry, { ...chosen, ...task })),
      );
      await confirm(context, { json: report, text: () => pushText(report) });
      return noteProblems(context, allProblems(report));
    });
  },
});
