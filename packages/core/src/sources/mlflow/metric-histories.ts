import type { MetricHistories, MetricHistory } from '../../schema/metric-history.ts';
import { isLater, type LoggedValue } from './run.ts';

/** Most points kept of one metric: more columns than a terminal has. */
const POINTS_MAX = 500;

/**
 * Points kept of all metrics of a run together. A point takes about 45 bytes, so that the file stays below the 64 KiB
 * up to which a clone without weights brings files along.
 */
const POINTS_TOGETHER_MAX = 1_400;

/** Fewest points kept of a metric, however many metrics there are: enough to see where it went. */
const POINTS_MIN = 8;

/** Most metrics whose history is kept. */
const METRICS_MAX = 1_000;

/** Points held while a history is read, before they are thinned out: 6 MB of memory. */
const HELD_MAX = 65_536;

/** Takes the values of one metric as they come, in any number, and keeps what shows how it went. */
export class HistoryBuilder {
  #points: LoggedValue[] = [];
  #count = 0;
  #last: LoggedValue | null = null;

  add(value: LoggedValue): void {
    this.#count += 1;
    if (this.#last === null || isLater(value, this.#last)) this.#last = value;
    this.#points.push(value);
    if (this.#points.length >= HELD_MAX) this.#points = thinned(this.#inOrder(), HELD_MAX / 2);
  }

  /** The value that MLflow shows; `null` while there is none. */
  get last(): LoggedValue | null {
    return this.#last;
  }

  finish(pointsMax: number): MetricHistory {
    const points = thinned(this.#inOrder(), pointsMax);
    return { count: this.#count, points };
  }

  /** Whether there is more to show than one value. */
  get isCurve(): boolean {
    this.#points = this.#inOrder();
    return this.#count > 1;
  }

  /** MLflow 3 writes a value again for every model that it was logged for. */
  #inOrder(): LoggedValue[] {
    const sorted = [...this.#points].sort((a, b) => a.step - b.step || a.time - b.time || a.value - b.value);
    const distinct = sorted.filter((point, index) => index === 0 || !isSame(point, sorted[index - 1]!));
    this.#count -= sorted.length - distinct.length;
    return distinct;
  }
}

/** The histories of a run's metrics. Those with a single value have none: it stands among the metrics. */
export function metricHistories(builders: ReadonlyMap<string, HistoryBuilder>): MetricHistories {
  const curves = [...builders].filter(([, builder]) => builder.isCurve);
  const kept = curves.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, METRICS_MAX);
  const share = Math.floor(POINTS_TOGETHER_MAX / Math.max(1, kept.length));
  const pointsMax = Math.max(POINTS_MIN, Math.min(POINTS_MAX, share));
  return {
    metrics: Object.fromEntries(kept.map(([name, builder]) => [name, builder.finish(pointsMax)])),
    omitted: curves.length - kept.length,
  };
}

function isSame(a: LoggedValue, b: LoggedValue): boolean {
  return a.step === b.step && a.time === b.time && Object.is(a.value, b.value);
}

/** The first, the last, and of each stretch between them the lowest and the highest, so that no peak is lost. */
function thinned(points: readonly LoggedValue[], max: number): LoggedValue[] {
  if (points.length <= max) return [...points];
  const stretches = Math.floor((max - 2) / 2);
  const inner = points.slice(1, -1);
  const kept = [points[0]!];
  for (let index = 0; index < stretches; index += 1) {
    const from = Math.floor((index * inner.length) / stretches);
    const to = Math.floor(((index + 1) * inner.length) / stretches);
    kept.push(...extremes(inner.slice(from, to)));
  }
  return [...kept, points.at(-1)!];
}

/** The lowest and the highest in the order in which they came; one where there are no two. */
function extremes(points: readonly LoggedValue[]): LoggedValue[] {
  let low = 0;
  let high = 0;
  for (const [index, { value }] of points.entries()) {
    if (value < points[low]!.value || Number.isNaN(points[low]!.value)) low = index;
    if (value > points[high]!.value || Number.isNaN(points[high]!.value)) high = index;
  }
  const [first, second] = low < high ? [low, high] : [high, low];
  return first === second ? points.slice(first, first + 1) : [points[first]!, points[second]!];
}
