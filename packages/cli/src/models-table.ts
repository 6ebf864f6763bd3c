import { formatAge, formatSize } from '@cairn/core/units';
import type { Context } from './context.ts';
import { formatPairs } from './output/fields.ts';
import { note, print } from './output/print.ts';
import { formatTable } from './output/table.ts';
import type { OpenRegistry } from './registry.ts';
import { type ModelSummaryJson, modelSummaryJson } from './shapes/models.ts';
import { exitCodeOfList } from './shapes/problem.ts';

/** Prints the models of a registry. Gives the exit code: that of the first problem, if a model cannot be read. */
export async function printModels(context: Context, { core, registry }: OpenRegistry): Promise<number> {
  const models = (await core.listModels(registry)).map(modelSummaryJson);
  await print(context, {
    json: models,
    text: () => (models.length === 0 ? '' : modelsTable(context, models)),
  });
  if (models.length === 0) await note(context, 'no models yet; make one with cairn new <model>');
  return exitCodeOfList(models);
}

function modelsTable(context: Context, models: readonly ModelSummaryJson[]): Promise<string> {
  const { style, terminal } = context;
  const now = context.now();
  return formatTable(
    [
      { header: 'MODEL', paint: style.name },
      { header: 'VERSIONS', align: 'right' },
      { header: 'LATEST' },
      { header: 'ALIASES', paint: style.good },
      { header: 'SIZE', align: 'right' },
      { header: 'CHANGED' },
      {
        header: 'DESCRIPTION',
        shrinks: true,
        paint: (cell, row) => (models[row]!.problem ? style.bad(cell) : cell),
      },
    ],
    models.map((model) => modelRow(model, now)),
    { width: terminal.out.columns, style },
  );
}

function modelRow(model: ModelSummaryJson, now: Date): string[] {
  if (model.problem) return [model.name, '', '', '', '', '', `cannot be read: ${model.problem.message}`];
  return [
    model.name,
    String(model.versions),
    model.latest ?? '',
    formatPairs(model.aliases ?? {}).join(', '),
    model.latest === null ? '' : formatSize(model.size ?? 0),
    formatAge(model.modifiedAt ?? '', now),
    model.description ?? '',
  ];
}
