import { MOVE_OPTIONS, moveOptions } from '../arguments/change.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { ALIAS_MOVE_SHAPE, aliasMoveJson } from '../shapes/aliases.ts';

export const aliasRm = defineCommand({
  name: 'alias rm',
  group: 'Aliases',
  summary: 'remove an alias; its version stays',
  details: ['What it was stays in the history, and cairn rollback brings it back.'],
  arguments: {
    model: { placeholder: '<model>', summary: 'the model', completes: 'model' },
    alias: { placeholder: '<alias>', summary: 'the alias', completes: 'alias' },
  },
  options: MOVE_OPTIONS,
  examples: [{ line: 'cairn alias rm stockpred canary', does: 'removes an alias' }],
  json: [{ shape: ALIAS_MOVE_SHAPE }],
  async run(context, { arguments: { model, alias }, options }) {
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const move = await core.removeAlias(registry, { model, alias }, moveOptions(options));
      const text = () => `removed the alias ${alias} of ${model}, which was ${move.from}`;
      await confirm(context, { json: aliasMoveJson(move), text });
    });
    return EXIT.done;
  },
});
