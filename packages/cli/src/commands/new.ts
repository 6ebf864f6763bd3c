import { parsePairs } from '../arguments/pairs.ts';
import { readCard } from '../card.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { MODEL_SHAPE, modelJson } from '../shapes/models.ts';

export const newModel = defineCommand({
  name: 'new',
  group: 'Begin',
  summary: 'make a model, without versions yet',
  arguments: { model: { placeholder: '<model>', summary: 'its name' } },
  options: {
    description: { short: 'd', value: 'text', summary: 'what the model is' },
    label: { value: 'key=value', many: true, summary: 'a label; may be repeated' },
    card: {
      value: 'file',
      summary: 'the model card, in Markdown; - reads standard input',
      completes: 'file',
    },
  },
  examples: [
    { line: 'cairn new stockpred -d "Predicts tomorrow\'s stock"', does: 'makes the model stockpred' },
    {
      line: 'cairn new stockpred --label team=pricing --card README.md',
      does: 'with a label and a model card',
    },
  ],
  json: [{ shape: MODEL_SHAPE }],
  async run(context, { arguments: { model }, options }) {
    const labels = parsePairs('label', options.label);
    const card = options.card === undefined ? undefined : await readCard(context, options.card);
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const { description } = options;
      const made = await core.createModel(registry, model, present({ description, labels, card }));
      await confirm(context, { json: modelJson(made), text: () => `made the model ${made.name}` });
    });
    return EXIT.done;
  },
});
