import { atBorder, CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { encodeJson } from '../schema/document.ts';
import {
  METRIC_HISTORY_SCHEMA,
  type MetricHistories,
  type MetricHistory,
  type MetricPoint,
  metricHistoryDocument,
} from '../schema/metric-history.ts';
import { readDocument } from '../schema/read-document.ts';
import { type ReferenceInput, withVersion } from './show.ts';
import { METRIC_HISTORY_FILE } from './version-repository.ts';

/** Largest file of histories that is read, bytes: a thousand metrics of the fewest points have a tenth of it. */
const SIZE_MAX = 8 * 1024 * 1024;

/** `metric-history.json`, with a line for each metric. {@link readMetricHistories} reads it. */
export function encodeMetricHistories({ metrics, omitted }: MetricHistories): Buffer {
  const lines = Object.entries(metrics).map(
    ([name, { count, points }]) =>
      `    ${JSON.stringify(name)}: ${JSON.stringify({ count, points: points.map(encodePoint) })}`,
  );
  const head = encodeJson({ schema: METRIC_HISTORY_SCHEMA, ...(omitted > 0 && { omitted }) }).slice(0, -2);
  return Buffer.from(`${head},\n  "metrics": {${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}}\n}\n`);
}

/**
 * How the metrics of the training run went that a version was made from; empty when it was made from none. Throws as
 * {@link showVersion} does, and `damaged` for a file that is not what its format says.
 */
export function readMetricHistories(
  registry: Registry,
  reference: ReferenceInput,
): Promise<Readonly<Record<string, MetricHistory>>> {
  return atBorder(() =>
    withVersion(registry, reference, async (repository, { model }, stored) => {
      if (stored.metricHistory === null) return {};
      const what = `${METRIC_HISTORY_FILE} of ${model}@${stored.name}`;
      const { size } = repository.objects.sizeOf(stored.metricHistory);
      if (size > SIZE_MAX) {
        throw new CairnError('hostile', `${what} has ${size} bytes; at most ${SIZE_MAX} are read`, {
          hint: 'do not trust where this repository came from',
        });
      }
      const { metrics } = await readDocument(repository, stored.metricHistory, {
        what,
        schema: metricHistoryDocument,
        format: METRIC_HISTORY_SCHEMA,
      });
      return Object.fromEntries(
        Object.entries(metrics).map(([name, { count, points }]) => [
          name,
          { count, points: points.map(decodePoint) },
        ]),
      );
    }),
  );
}

type EncodedPoint = [step: number, time: number, value: number | 'NaN' | 'Infinity' | '-Infinity'];

function encodePoint({ step, time, value }: MetricPoint): EncodedPoint {
  return [step, time, Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity')];
}

function decodePoint([step, time, value]: EncodedPoint): MetricPoint {
  return { step, time, value: Number(value) };
}
