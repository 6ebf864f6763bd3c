import type { BentomlItem, RunState, RunSummary } from '@cairn/core';
import { formatAge, formatSize } from '@cairn/core/units';
import type { Context } from './context.ts';
import { formatTable } from './output/table.ts';

/** So much of a run's id is shown as `--from` needs to know it, with room. */
const ID_SHOWN = 12;

/** Runs of MLflow for people. */
export function runsTable(context: Context, runs: readonly RunSummary[]): Promise<string> {
  const { style, terminal } = context;
  const now = context.now();
  return formatTable(
    [
      { header: 'RUN', paint: style.faint },
      { header: 'NAME', paint: style.name },
      { header: 'STATE', paint: (cell, row) => statePaint(context, runs[row]!.state)(cell) },
      { header: 'STARTED' },
      { header: 'EXPERIMENT', shrinks: true },
      { header: 'MODELS', shrinks: true },
      { header: 'METRICS', shrinks: true },
    ],
    runs.map((run) => [
      run.id.slice(0, ID_SHOWN),
      run.name,
      run.state,
      run.startedAt === null ? '' : formatAge(run.startedAt, now),
      run.experiment.name,
      run.models.join(', '),
      metricsText(run.metrics),
    ]),
    { width: terminal.out.columns, style },
  );
}

function statePaint({ style }: Context, state: RunState): (text: string) => string {
  if (state === 'finished') return style.good;
  return state === 'failed' || state === 'killed' ? style.bad : style.warning;
}

/** `loss 0.05, val/rmse 0.75`: enough digits to tell runs apart. */
function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number.isFinite(value) ? Number(value.toPrecision(5)) : value}`)
    .join(', ');
}

/** Models and bentos of BentoML for people. */
export function bentomlTable(context: Context, items: readonly BentomlItem[]): Promise<string> {
  const { style, terminal } = context;
  const now = context.now();
  return formatTable(
    [
      { header: 'BENTOML', paint: style.name },
      { header: 'KIND' },
      { header: 'LATEST', paint: style.good },
      { header: 'SIZE', align: 'right' },
      { header: 'MADE' },
      { header: 'OF', shrinks: true, paint: (cell, row) => (items[row]!.problem ? style.bad(cell) : cell) },
    ],
    items.map((item) => [
      `${item.name}:${item.version}`,
      item.kind === 'bento' ? 'bento' : 'model',
      item.isLatest ? 'latest' : '',
      formatSize(item.size),
      item.createdAt === null ? '' : formatAge(item.createdAt, now),
      item.problem === null ? (item.framework ?? item.service ?? '') : `cannot be read: ${item.problem}`,
    ]),
    { width: terminal.out.columns, style },
  );
}
