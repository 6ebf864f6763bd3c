import { defineCommand } from '../command.ts';
import { confirm, note } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { PULL_SHAPE, pullJson, SHARING_PROBLEM_SHAPE } from '../shapes/sharing.ts';
import { PREFERENCE_OPTIONS, preferenceFrom } from '../sharing-preference.ts';
import { allProblems, noteProblems, pullText, UNFILTERED } from '../sharing-text.ts';

export const pull = defineCommand({
  name: 'pull',
  group: 'Share',
  summary: 'bring what others have shared',
  details: [
    'Versions, models, edits, which are merged with those made here, and the files of the registry itself. Nothing here ' +
      'is replaced or deleted. Where both sides changed the same thing, nothing of the model is changed until --ours or ' +
      '--theirs says which goes; everything else of both sides stays.',
    'What was deleted here comes back only when it is named.',
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
  options: {
    remote: { value: 'name', summary: 'which remote; origin, or the only one, if left out' },
    full: { summary: 'bring the weights of what comes, too, where they are else left out' },
    ...PREFERENCE_OPTIONS,
  },
  examples: [
    { line: 'cairn pull', does: 'brings everything that is new' },
    { line: 'cairn pull stockpred --theirs', does: 'takes the edits of others where they contradict yours' },
  ],
  json: [{ shape: PULL_SHAPE }, { when: 'in its problems', shape: SHARING_PROBLEM_SHAPE }],
  async run(context, { arguments: { references }, options }) {
    const prefer = preferenceFrom(options);
    return withRegistryAsAuthor(context, async ({ core, registry }) => {
      const { remote, full } = options;
      const chosen = {
        full,
        ...present({ remote, prefer, references: references.length > 0 ? references : undefined }),
      };
      const report = pullJson(
        await withProgress(context, (task) => core.pull(registry, { ...chosen, ...task })),
      );
      await confirm(context, { json: report, text: () => pullText(report) });
      if (report.unfiltered) await note(context, UNFILTERED);
      return noteProblems(context, allProblems(report));
    });
  },
});
