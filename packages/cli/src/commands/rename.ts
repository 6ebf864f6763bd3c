import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { RENAMED_SHAPE } from '../shapes/upkeep.ts';

export const rename = defineCommand({
  name: 'rename',
  group: 'Change',
  summary: 'give a model or a version another name',
  details: ['A version can be renamed until it is shared.'],
  arguments: {
    reference: { placeholder: '<ref>', summary: 'model or model@version', completes: 'model@version' },
    name: { placeholder: '<new>', summary: 'the new name alone, without the model in front' },
  },
  options: {},
  examples: [
    { line: 'cairn rename stockpred stock-predictor', does: 'renames the model' },
    { line: 'cairn rename stockpred@v2 v2-draft', does: 'renames a version' },
  ],
  json: [{ shape: RENAMED_SHAPE }],
  async run(context, { arguments: { reference: text, name } }) {
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const { model, version, path } = core.parseReference(text);
      if (path !== undefined) throw usageError(`'${text}' is a file, which cannot be renamed`);
      if (version === undefined) await core.renameModel(registry, model, name);
      else await core.renameVersion(registry, { model, version }, name);
      const to = version === undefined ? name : `${model}@${name}`;
      await confirm(context, { json: { from: text, to }, text: () => `renamed ${text} to ${to}` });
    });
    return EXIT.done;
  },
});
