import type { BentomlItem, RunListing, RunSummary } from '@cairn/core';
import { formatNumber, formatSize, formatTime } from '@cairn/core/units';
import type { Column } from '../../list/table.ts';
import type { TableKind } from '../../list/table-state.ts';
import { EMPTY, type Line, line } from '../../text/line.ts';
import type { Tone } from '../../theme/tones.ts';

/** Something that files can come from. */
export interface OriginRow {
  /** What the library knows it by. */
  readonly reference: string;
  readonly kind: 'run' | 'model' | 'bento';
  readonly name: string;
  readonly state: string;
  /** ISO 8601; empty when it does not say. */
  readonly at: string;
  /** What else tells it from others. */
  readonly facts: string;
}

export function runRow({ id, name, state, startedAt, metrics, models, experiment }: RunSummary): OriginRow {
  const values = Object.entries(metrics).map(([metric, value]) => `${metric} ${formatNumber(value)}`);
  return {
    reference: `mlflow:${id}`,
    kind: 'run',
    name: `${experiment.name} / ${name}`,
    state,
    at: startedAt ?? '',
    facts: [...models.map((model) => `model ${model}`), ...values].join('  '),
  };
}

export function bentomlRow(item: BentomlItem): OriginRow {
  const { reference, kind, name, version, createdAt, framework, service, size, problem } = item;
  return {
    reference,
    kind: kind === 'bento' ? 'bento' : 'model',
    name: `${name}:${version}`,
    state: problem === null ? '' : 'damaged',
    at: createdAt ?? '',
    facts: problem ?? [framework, service, formatSize(size)].filter(Boolean).join('  '),
  };
}

export const ORIGINS_TABLE: TableKind<OriginRow> = {
  keyOf: ({ reference }) => reference,
  textOf: ({ name, kind, state, facts, reference }) => `${kind} ${name} ${state} ${facts} ${reference}`,
  sortKeyOf: (row, column) => (column === 'name' ? row.name : column === 'state' ? row.state : row.at),
  columns: [
    { name: 'time', descending: true },
    { name: 'name', descending: false },
    { name: 'state', descending: false },
  ],
};

const STATE_TONES: Readonly<Record<string, Tone>> = {
  finished: 'good',
  failed: 'bad',
  killed: 'bad',
  damaged: 'bad',
  running: 'accent',
};

export const ORIGIN_COLUMNS: readonly Column<OriginRow>[] = [
  { name: 'kind', header: '', text: ({ kind }) => kind, tone: 'faint' },
  { name: 'name', header: 'NAME', text: ({ name }) => name, tone: 'name', shrinksTo: 16 },
  {
    name: 'state',
    header: 'STATE',
    text: ({ state }) => state,
    tone: ({ state }) => STATE_TONES[state] ?? 'plain',
  },
  {
    name: 'time',
    header: 'TIME',
    text: ({ at }) => (at === '' ? '' : formatTime(at)),
    tone: 'faint',
    leaves: 1,
  },
  { name: 'facts', header: '', text: ({ facts }) => facts, shrinksTo: 10 },
];

export const NO_ORIGINS: readonly Line[] = [
  EMPTY,
  line('  No runs of MLflow and no models of BentoML were found.'),
  EMPTY,
  line(
    '  Runs are looked for where MLFLOW_TRACKING_URI says, or in mlflow.db and mlruns where cairn was started;',
  ),
  line('  models and bentos where BENTOML_HOME says, or in ~/bentoml.'),
];

/** Where they were found, and how much could not be read. */
export function originsHead(runs: RunListing | null): string {
  if (runs === null) return '';
  const problems = runs.problems.length > 0 ? `; ${runs.problems.length} could not be read` : '';
  return `runs of ${runs.place}${problems}`;
}
