import type { AliasMove } from '@cairn/core';
import { MOVE_OPTIONS, moveOptions } from '../arguments/change.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { ALIAS_MOVE_SHAPE, aliasMoveJson } from '../shapes/aliases.ts';

export const aliasSet = defineCommand({
  name: 'alias set',
  group: 'Aliases',
  summary: 'make an alias stand for a version',
  details: [
    'The alias is made, or moved. Whoever takes model@alias gets what it stands for at that moment.',
    'Who moved it, when and why is kept: cairn history shows it, and cairn rollback goes one step back.',
  ],
  arguments: {
    model: { placeholder: '<model>', summary: 'the model', completes: 'model' },
    alias: { placeholder: '<alias>', summary: 'the alias, such as prod', completes: 'alias' },
    version: { placeholder: '<version>', summary: 'a version, another alias, or latest', completes: 'base' },
  },
  options: MOVE_OPTIONS,
  examples: [
    { line: 'cairn alias set stockpred prod v3 -m "Beats v2"', does: 'moves prod, and says why' },
    { line: 'cairn alias set stockpred prod staging', does: 'makes prod what staging is now' },
  ],
  json: [{ shape: ALIAS_MOVE_SHAPE }],
  async run(context, { arguments: { model, alias, version }, options }) {
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const move = await core.setAlias(registry, { model, alias }, version, moveOptions(options));
      await confirm(context, { json: aliasMoveJson(move), text: () => moveText(move) });
    });
    return EXIT.done;
  },
});

function moveText({ model, alias, from, to, moved }: AliasMove): string {
  if (!moved) return `${model}@${alias} is ${to} already`;
  return `${model}@${alias} is ${to}${from === null ? '' : `, and was ${from}`}`;
}
