import { SIGN_OPTIONS, signOption } from '../arguments/change.ts';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm, note } from '../output/print.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { UNLOCK_OPTIONS } from '../secrets/options.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import { RENAMED_SHAPE } from '../shapes/upkeep.ts';

export const rename = defineCommand({
  name: 'rename',
  group: 'Change',
  summary: 'give a model or a version another name',
  details: [
    'A version can be renamed until it is shared. A sealed version is sealed under its name, so that renaming it ' +
      'takes its key or passphrase; renaming its model does not.',
  ],
  arguments: {
    reference: { placeholder: '<ref>', summary: 'model or model@version', completes: 'model@version' },
    name: { placeholder: '<new>', summary: 'the new name alone, without the model in front' },
  },
  options: { ...UNLOCK_OPTIONS, ...SIGN_OPTIONS },
  examples: [
    { line: 'cairn rename stockpred stock-predictor', does: 'renames the model' },
    { line: 'cairn rename stockpred@v2 v2-draft', does: 'renames a version' },
  ],
  json: [{ shape: RENAMED_SHAPE }],
  async run(context, { arguments: { reference: text, name }, options }) {
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const { model, version, path } = core.parseReference(text);
      if (path !== undefined) throw usageError(`'${text}' is a file, which cannot be renamed`);
      if (version === undefined) await core.renameModel(registry, model, name);
      else {
        const unlock = await unlockFrom(context, core, options);
        const how = { unlock, ...signOption(options) };
        const { signatureLost } = await core.renameVersion(registry, { model, version }, name, how);
        if (signatureLost) {
          await note(
            context,
            `it was signed as ${version}, and is not signed as ${name}: --sign signs it anew`,
          );
        }
      }
      const to = version === undefined ? name : `${model}@${name}`;
      await confirm(context, { json: { from: text, to }, text: () => `renamed ${text} to ${to}` });
    });
    return EXIT.done;
  },
});
