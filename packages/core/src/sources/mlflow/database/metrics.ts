import type { MetricHistories } from '../../../schema/metric-history.ts';
import { HistoryBuilder, metricHistories } from '../metric-histories.ts';
import { isLater, type LoggedValue } from '../run.ts';
import { KEYS_MAX } from '../run-store.ts';
import type { Row, Selection, Tables } from './tables.ts';

/** Most values that the metrics of all runs in a list have together: about 200 bytes of memory each. */
const LAST_VALUES_MAX = 1_000_000;

/** Most values of one run's metrics that are read for its histories. */
const HISTORY_MAX = 50_000_000;

const COLUMNS = ['key', 'value', 'timestamp', 'step', 'is_nan', 'run_uuid'];

/** The last values of metrics, by run and metric. */
export interface LastValues {
  readonly values: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Whether there are more than were read. */
  readonly isCut: boolean;
}

/** The last value of each metric of a run. */
export function lastValuesOf(tables: Tables, id: string): Readonly<Record<string, number>> {
  return lastValues(tables, { where: { run_uuid: id }, limit: LAST_VALUES_MAX }).values.get(id) ?? {};
}

export function lastValuesOfAll(tables: Tables): LastValues {
  return lastValues(tables, { limit: LAST_VALUES_MAX });
}

/** How the metrics of a run went. */
export function readHistories(tables: Tables, id: string): MetricHistories {
  const builders = new Map<string, HistoryBuilder>();
  for (const row of tables.select('metrics', COLUMNS, { where: { run_uuid: id }, limit: HISTORY_MAX })) {
    const key = row.text('key');
    const value = valueIn(row);
    if (key === null || value === null) continue;
    if (!builders.has(key) && builders.size >= KEYS_MAX) continue;
    const builder = builders.get(key) ?? new HistoryBuilder();
    builders.set(key, builder);
    builder.add(value);
  }
  return metricHistories(builders);
}

/** The first versions of MLflow with a database had no table of last values. */
function lastValues(tables: Tables, selection: Selection): LastValues {
  const table = tables.has('latest_metrics') ? 'latest_metrics' : 'metrics';
  const last = new Map<string, Map<string, LoggedValue>>();
  let count = 0;
  for (const row of tables.select(table, COLUMNS, selection)) {
    count += 1;
    const [run, key, value] = [row.text('run_uuid'), row.text('key'), valueIn(row)];
    if (run === null || key === null || value === null) continue;
    const ofRun = last.get(run) ?? new Map<string, LoggedValue>();
    last.set(run, ofRun);
    const known = ofRun.get(key);
    if (known === undefined || isLater(value, known)) ofRun.set(key, value);
  }
  const numbers = (values: ReadonlyMap<string, LoggedValue>) =>
    Object.fromEntries([...values].map(([key, { value }]) => [key, value]));
  const values = new Map([...last].map(([run, ofRun]) => [run, numbers(ofRun)]));
  return { values, isCut: count >= selection.limit };
}

/** MLflow keeps NaN as 0 with a mark, and infinities as the greatest numbers there are. */
function valueIn(row: Row): LoggedValue | null {
  const value = row.integer('is_nan') === 1 ? Number.NaN : row.real('value');
  if (value === null) return null;
  const isInfinite = Math.abs(value) >= Number.MAX_VALUE;
  return {
    value: isInfinite ? Math.sign(value) * Number.POSITIVE_INFINITY : value,
    time: row.integer('timestamp') ?? 0,
    step: row.integer('step') ?? 0,
  };
}
