import { SIGN_OPTIONS, signOption } from '../arguments/change.ts';
import { parseLabelChanges } from '../arguments/pairs.ts';
import { readCard } from '../card.ts';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { MODEL_SHAPE, modelJson } from '../shapes/models.ts';
import { VERSION_SHAPE, versionJson } from '../shapes/versions.ts';

export const edit = defineCommand({
  name: 'edit',
  group: 'Change',
  summary: 'change what is said about a model or a version',
  details: [
    'Of a version only the description can be changed, and that by a note beside it: the version itself stays as it is.',
  ],
  arguments: {
    reference: { placeholder: '<ref>', summary: 'model or model@version', completes: 'model@version' },
  },
  options: {
    description: { short: 'd', value: 'text', summary: 'the new description' },
    label: {
      value: 'key=value',
      many: true,
      summary: 'set a label, or remove it with key=; may be repeated',
    },
    card: {
      value: 'file',
      summary: 'the new model card, in Markdown; - reads standard input',
      completes: 'file',
    },
    ...SIGN_OPTIONS,
  },
  examples: [
    {
      line: 'cairn edit stockpred --label team=pricing --label old=',
      does: 'sets one label and removes another',
    },
    { line: 'cairn edit stockpred --card README.md', does: 'replaces the model card' },
    {
      line: 'cairn edit stockpred@v2 -d "Do not use: wrong data"',
      does: 'changes the description of a version',
    },
  ],
  json: [
    { when: 'for a model', shape: MODEL_SHAPE },
    { when: 'for a version', shape: VERSION_SHAPE },
  ],
  async run(context, { arguments: { reference: text }, options }) {
    const { description } = options;
    const labels = options.label.length > 0 ? parseLabelChanges('label', options.label) : undefined;
    if (description === undefined && labels === undefined && options.card === undefined) {
      throw usageError('there is nothing to change', 'cairn edit --help lists what can be');
    }
    const card = options.card === undefined ? undefined : await readCard(context, options.card);
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const reference = core.parseReference(text);
      if (reference.path !== undefined) throw usageError(`'${text}' is a file, which cannot be changed`);
      if (reference.version === undefined) {
        const model = await core.editModel(registry, reference.model, {
          ...present({ description, labels, card }),
          ...signOption(options),
        });
        return confirm(context, { json: modelJson(model), text: () => `changed ${model.name}` });
      }
      if (labels || card !== undefined || description === undefined) {
        throw usageError('of a version only the description can be changed', `cairn edit ${text} -d text`);
      }
      const version = await core.editVersion(registry, reference, { description, ...signOption(options) });
      const done = `changed the description of ${version.model}@${version.version}`;
      return confirm(context, { json: versionJson(version), text: () => done });
    });
    return EXIT.done;
  },
});
