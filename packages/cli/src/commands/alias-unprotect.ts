import { REASON_OPTIONS, SIGN_OPTIONS, signOption } from '../arguments/change.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { present } from '../present.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { PROTECTION_SHAPE } from '../shapes/aliases.ts';

export const aliasUnprotect = defineCommand({
  name: 'alias unprotect',
  group: 'Aliases',
  summary: 'no longer protect an alias',
  arguments: {
    model: { placeholder: '<model>', summary: 'the model', completes: 'model' },
    alias: { placeholder: '<alias>', summary: 'the alias', completes: 'alias' },
  },
  options: { ...REASON_OPTIONS, ...SIGN_OPTIONS },
  examples: [{ line: 'cairn alias unprotect stockpred prod', does: 'lets prod move like any other alias' }],
  json: [{ shape: PROTECTION_SHAPE }],
  async run(context, { arguments: { model, alias }, options }) {
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const how = { ...present({ reason: options.message }), ...signOption(options) };
      const changed = await core.protectAlias(registry, { model, alias }, { ...how, protect: false });
      const is = `${model}@${alias} is ${changed ? 'no longer' : 'not'} protected`;
      await confirm(context, { json: { model, alias, protected: false, changed }, text: () => is });
    });
    return EXIT.done;
  },
});
