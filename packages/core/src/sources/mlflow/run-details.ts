import type { OriginDetails } from '../origin.ts';
import type { Run } from './run.ts';
import { KEYS_MAX } from './run-store.ts';

/** MLflow's own tags, which are no labels: what is of use in them stands elsewhere. */
const OWN_TAG = /^mlflow\./;

/** The tag that holds what a user wrote of a run. */
const NOTE_TAG = 'mlflow.note.content';

/** Longest label and name of one, as `version.json` has them. */
const LABEL_MAX = 10_000;
const LABEL_NAME_MAX = 200;

/** Longest value of a param that is taken, characters. */
const PARAM_MAX = 64 * 1024;

/** Longest description that is taken, characters. */
const DESCRIPTION_MAX = 100_000;

export interface RunDetails {
  readonly details: OriginDetails;
  /** The last values that are no finite numbers, as text, by metric: `version.json` has only numbers among its metrics. */
  readonly notFinite: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** What a run says of a version that is made from it: its params, last metrics, the tags of its user, its note. */
export function detailsOf(run: Run): RunDetails {
  const metrics = firstOf(run.metrics);
  const notFinite = metrics.filter(([, value]) => !Number.isFinite(value));
  const tags = firstOf(run.tags).filter(([key]) => !OWN_TAG.test(key));
  const params = partition(firstOf(run.params), ([key, value]) => isKey(key) && value.length <= PARAM_MAX);
  const labels = partition(tags, isLabel);
  const note = (run.tags[NOTE_TAG] ?? '').replaceAll('\0', '').slice(0, DESCRIPTION_MAX);
  return {
    details: {
      ...(note !== '' && { description: note }),
      params: record(params.fit),
      metrics: record(metrics.filter(([key, value]) => isKey(key) && Number.isFinite(value))),
      labels: record(labels.fit),
    },
    notFinite: record(notFinite.map(([key, value]) => [key, String(value)] as const)),
    notes: [
      ...tooMany(run),
      ...told(notFinite, 'last value is no finite number, and is not among the metrics', 'metric'),
      ...told(params.rest, 'value is too long, and is left out', 'param'),
      ...told(labels.rest, 'name or value is too long for a label, and is left out', 'tag'),
    ],
  };
}

/** In the order of their names, and no more than a document can well hold. */
function firstOf<V>(values: Readonly<Record<string, V>>): [string, V][] {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.slice(0, KEYS_MAX);
}

function tooMany({ params, metrics, tags }: Run): string[] {
  const crowded = Object.entries({ params, metrics, tags }).filter(
    ([, values]) => Object.keys(values).length > KEYS_MAX,
  );
  return crowded.map(([what]) => `the run has more than ${KEYS_MAX} ${what}, of which the rest is left out`);
}

/** JavaScript keeps this one for itself, and it would be lost in a document. */
function isKey(key: string): boolean {
  return key !== '__proto__';
}

function isLabel([key, value]: readonly [string, string]): boolean {
  return isKey(key) && key.length > 0 && key.length <= LABEL_NAME_MAX && value.length <= LABEL_MAX;
}

function partition<T>(all: readonly T[], fits: (one: T) => boolean): { fit: T[]; rest: T[] } {
  return { fit: all.filter(fits), rest: all.filter((one) => !fits(one)) };
}

function record<V>(entries: readonly (readonly [string, V])[]): Record<string, V> {
  const sorted = entries.filter(([key]) => isKey(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted);
}

/** Keys named in one note. */
const NAMED_MAX = 5;

function told(entries: readonly (readonly [string, unknown])[], what: string, noun: string): string[] {
  if (entries.length === 0) return [];
  const names = entries.slice(0, NAMED_MAX).map(([key]) => key.slice(0, LABEL_NAME_MAX));
  const more = entries.length > NAMED_MAX ? ` and ${entries.length - NAMED_MAX} more` : '';
  return [`the ${noun}${entries.length > 1 ? 's' : ''} ${names.join(', ')}${more}: the ${what}`];
}
