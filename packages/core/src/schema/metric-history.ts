import { z } from 'zod';

export const METRIC_HISTORY_SCHEMA = 'cairn.metric-history/1';

/** What JSON has no number for. */
const notFinite = z.enum(['NaN', 'Infinity', '-Infinity']);

const step = z.number().int();

/** Milliseconds since 1970. */
const time = z.number().int();

const metricHistory = z.looseObject({
  /** Values that were logged; more than there are points where they were thinned out. */
  count: z.number().int().min(0),
  /** In the order of their steps. */
  points: z.array(z.tuple([step, time, z.union([z.number(), notFinite])])),
});

/** `metric-history.json` beside `version.json`: how the metrics of a training run went. */
export const metricHistoryDocument = z.looseObject({
  schema: z.literal(METRIC_HISTORY_SCHEMA),
  metrics: z.record(z.string(), metricHistory),
  /** Metrics that were logged and are not here, as there were too many; left out when there are none. */
  omitted: z.number().int().min(1).optional(),
});

/** One value of a metric. */
export interface MetricPoint {
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** May be `NaN` or infinite, as trainings that go wrong have it. */
  readonly value: number;
}

export interface MetricHistory {
  /** Values that were logged; more than there are points where they were thinned out. */
  readonly count: number;
  /** In the order of their steps, then of their times. */
  readonly points: readonly MetricPoint[];
}

/** How the metrics of a training run went, by name. */
export interface MetricHistories {
  readonly metrics: Readonly<Record<string, MetricHistory>>;
  /** Metrics that were logged and are not here, as there were too many. */
  readonly omitted: number;
}
