import { formatAge } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { note, print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { withRegistry } from '../registry.ts';
import { ALIAS_SHAPE, type AliasJson, aliasJson } from '../shapes/aliases.ts';

export const aliasLs = defineCommand({
  name: 'alias ls',
  group: 'Aliases',
  summary: 'list the aliases of a model, or of all models',
  arguments: {
    model: { placeholder: '<model>', summary: 'the model', optional: true, completes: 'model' },
  },
  options: {},
  examples: [
    { line: 'cairn alias ls', does: 'says what stands where, since when, by whom and why' },
    {
      line: 'cairn show stockpred --json | jq -r .aliases.prod',
      does: 'gives the version that prod is',
    },
  ],
  json: [{ list: true, shape: ALIAS_SHAPE }],
  async run(context, { arguments: { model } }) {
    return withRegistry(context, async ({ core, registry }) => {
      const aliases = (await core.listAliases(registry, model, context)).map(aliasJson);
      await print(context, {
        json: aliases,
        text: () => (aliases.length === 0 ? '' : aliasesTable(context, aliases, model === undefined)),
      });
      if (aliases.length === 0) await note(context, 'no aliases yet; make one with cairn alias set');
      return aliases.some(({ missing }) => missing) ? EXIT.refused : EXIT.done;
    });
  },
});

function aliasesTable(
  { style, terminal, now }: Context,
  aliases: readonly AliasJson[],
  withModels: boolean,
): Promise<string> {
  return formatTable(
    [
      { header: 'MODEL', paint: style.name },
      { header: 'ALIAS', paint: style.good },
      {
        header: 'VERSION',
        paint: (cell, row) => (aliases[row]!.missing ? style.bad(cell) : style.name(cell)),
      },
      { header: '' },
      { header: 'SINCE' },
      { header: 'BY' },
      { header: 'WHY', shrinks: true },
    ],
    aliases.map((each) => [
      withModels ? each.model : '',
      each.alias,
      each.missing ? `${each.version} (not here)` : each.version,
      each.protected ? 'protected' : '',
      each.since === null ? '' : formatAge(each.since, now()),
      each.by?.name ?? '',
      each.reason?.split('\n', 1)[0] ?? '',
    ]),
    { width: terminal.out.columns, style },
  );
}
