import { MOVE_OPTIONS, moveOptions } from '../arguments/change.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { ALIAS_MOVE_SHAPE, aliasMoveJson } from '../shapes/aliases.ts';

export const rollback = defineCommand({
  name: 'rollback',
  group: 'Aliases',
  summary: 'move an alias back to what it was before',
  details: [
    'One step back: to what the alias stood for before its last move. Again goes one step further back, and not to ' +
      'and fro. An alias that was removed comes back.',
  ],
  arguments: {
    model: { placeholder: '<model>', summary: 'the model', completes: 'model' },
    alias: { placeholder: '<alias>', summary: 'the alias', completes: 'alias' },
  },
  options: MOVE_OPTIONS,
  examples: [{ line: 'cairn rollback stockpred prod -m "Too slow"', does: 'puts back what prod was' }],
  json: [{ shape: ALIAS_MOVE_SHAPE }],
  async run(context, { arguments: { model, alias }, options }) {
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const move = await core.rollbackAlias(registry, { model, alias }, moveOptions(options));
      const before = move.from === null ? 'and was not there' : `and was ${move.from}`;
      const text = () => `${model}@${alias} is ${move.to} again, ${before}`;
      await confirm(context, { json: aliasMoveJson(move), text });
    });
    return EXIT.done;
  },
});
