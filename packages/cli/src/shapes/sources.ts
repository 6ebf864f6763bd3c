import type { BentomlItem, RunSummary } from '@cairn/core';
import { documented } from './shape.ts';

/** A number as JSON has it, or what it has none for. */
export type AnyNumberJson = number | 'NaN' | 'Infinity' | '-Infinity';

/** A run of MLflow, as `--json` prints it. */
export interface RunJson {
  readonly kind: 'mlflow-run';
  readonly reference: string;
  readonly id: string;
  readonly name: string;
  readonly experiment: { readonly id: string; readonly name: string };
  readonly state: string;
  readonly user: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly metrics: Readonly<Record<string, AnyNumberJson>>;
  readonly models: readonly string[];
}

export const RUN_SHAPE = documented<RunJson>('Run', {
  kind: ['"mlflow-run"', 'what it is'],
  reference: ['string', 'what `--from` takes for it'],
  id: ['string', 'its id'],
  name: ['string', 'its name'],
  experiment: ['{ id, name }', 'the experiment it belongs to'],
  state: ['string', 'running, scheduled, finished, failed, killed or unknown'],
  user: ['string \\| null', 'who ran it'],
  startedAt: ['string \\| null', 'when it began'],
  endedAt: ['string \\| null', 'when it ended'],
  metrics: [
    '{ [key]: number \\| string }',
    'the last value of each metric; `NaN`, `Infinity` and `-Infinity` as text',
  ],
  models: ['string[]', 'names of the models that it logged'],
});

export function runJson(run: RunSummary): RunJson {
  const { id, name, experiment, state, user, startedAt, endedAt, metrics, models } = run;
  return {
    kind: 'mlflow-run',
    reference: `mlflow:${id}`,
    ...{ id, name, experiment, state, user, startedAt, endedAt },
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, anyNumber(value)])),
    models: [...models],
  };
}

function anyNumber(value: number): AnyNumberJson {
  return Number.isFinite(value) ? value : (String(value) as AnyNumberJson);
}

/** A model or a bento of BentoML, as `--json` prints it. */
export type BentomlItemJson = BentomlItem;

export const BENTOML_ITEM_SHAPE = documented<BentomlItemJson>('BentomlItem', {
  kind: ['"bento-model" \\| "bento"', 'what it is'],
  name: ['string', 'its name'],
  version: ['string', 'its version'],
  reference: ['string', 'what `--from` takes for it'],
  isLatest: ['boolean', 'whether its name alone stands for it'],
  size: ['number', 'bytes of its files'],
  createdAt: ['string \\| null', 'when it was made'],
  framework: ['string \\| null', 'of a model, the framework it is for'],
  service: ['string \\| null', 'of a bento, what it serves'],
  problem: ['string \\| null', 'why nothing more is known of it'],
});
