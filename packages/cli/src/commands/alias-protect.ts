import { REASON_OPTIONS, SIGN_OPTIONS, signOption } from '../arguments/change.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { PROTECTION_SHAPE } from '../shapes/aliases.ts';

export const aliasProtect = defineCommand({
  name: 'alias protect',
  group: 'Aliases',
  summary: 'let an alias move only with --force and a reason',
  details: [
    'A protected alias is moved, rolled back or removed, and its version or model removed, only with --force; a reason ' +
      'is needed too. It keeps from mistakes, not from malice: whoever may push can take it away.',
  ],
  arguments: {
    model: { placeholder: '<model>', summary: 'the model', completes: 'model' },
    alias: { placeholder: '<alias>', summary: 'the alias', completes: 'alias' },
  },
  options: { ...REASON_OPTIONS, ...SIGN_OPTIONS },
  examples: [{ line: 'cairn alias protect stockpred prod', does: 'keeps prod from being moved in passing' }],
  json: [{ shape: PROTECTION_SHAPE }],
  async run(context, { arguments: { model, alias }, options }) {
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const how = { ...present({ reason: options.message }), ...signOption(options) };
      const changed = await core.protectAlias(registry, { model, alias }, { ...how, protect: true });
      const is = `${model}@${alias} is ${changed ? '' : 'already '}protected`;
      await confirm(context, { json: { model, alias, protected: true, changed }, text: () => is });
    });
    return EXIT.done;
  },
});
