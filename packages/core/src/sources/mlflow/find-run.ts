import { CairnError } from '../../errors.ts';
import type { RunSummary } from './run.ts';
import type { RunStore } from './run-store.ts';

/** A run, and a path among its files. */
export interface FoundRun {
  readonly id: string;
  readonly path: string | undefined;
}

/** How a run's id is written. */
const RUN_ID = /^[0-9a-f]{32}$/;

/** Beginning of an id that is enough to mean it, as Git has it. */
const ID_BEGINNING = /^[0-9a-f]{6,31}$/;

/** Runs named in a message. */
const NAMED_MAX = 5;

/**
 * The run that a text means: its id or enough of its beginning, or its name, with a path among its files behind a
 * slash. Names may hold slashes themselves: the longest that a run has counts. Throws `not-found`, or `invalid` with
 * the candidates when several runs have the name.
 */
export async function findRun(store: RunStore, text: string): Promise<FoundRun> {
  const [first, ...rest] = text.split('/');
  if (RUN_ID.test(first!)) return { id: first!, path: pathOf(rest) };
  const { runs } = await store.listRuns({ withMetrics: false });
  const meant = longestName(runs, text) ?? byBeginning(runs, text);
  if (meant === null) throw unknownRun(store, text, runs);
  if (meant.runs.length > 1) throw ambiguous(meant.name, meant.runs);
  const { length } = meant.name;
  return { id: meant.runs[0]!.id, path: pathOf(text.slice(length + 1).split('/')) };
}

interface Meant {
  /** What of the text named them. */
  readonly name: string;
  readonly runs: readonly RunSummary[];
}

function longestName(runs: readonly RunSummary[], text: string): Meant | null {
  const named = runs.filter(({ name }) => name !== '' && (text === name || text.startsWith(`${name}/`)));
  const name = named.reduce((longest, run) => (run.name.length > longest.length ? run.name : longest), '');
  return name === '' ? null : { name, runs: named.filter((run) => run.name === name) };
}

function byBeginning(runs: readonly RunSummary[], text: string): Meant | null {
  const name = text.split('/', 1)[0]!;
  const found = runs.filter(({ id }) => id === name || (ID_BEGINNING.test(name) && id.startsWith(name)));
  return found.length > 0 ? { name, runs: found } : null;
}

function pathOf(components: readonly string[]): string | undefined {
  const path = components.filter((each) => each !== '').join('/');
  return path === '' ? undefined : path;
}

export function unknownRun(store: RunStore, text: string, runs: readonly RunSummary[]): CairnError {
  const have = runs.length === 0 ? 'which has no runs' : `which has ${runs.length}`;
  return new CairnError('not-found', `no run ${JSON.stringify(text)} in ${store.place}, ${have}`, {
    hint: 'cairn source ls mlflow lists them; --uri names another place',
    data: { run: text, place: store.place },
  });
}

function ambiguous(name: string, runs: readonly RunSummary[]): CairnError {
  const told = runs.slice(0, NAMED_MAX).map(describe).join(', ');
  const more = runs.length > NAMED_MAX ? `, and ${runs.length - NAMED_MAX} more` : '';
  return new CairnError('invalid', `${runs.length} runs are called ${name}: ${told}${more}`, {
    hint: `name one by its id, such as mlflow:${runs[0]!.id}`,
    data: { name, candidates: runs.map(({ id }) => id) },
  });
}

function describe({ id, startedAt, experiment }: RunSummary): string {
  return `${id} (${experiment.name}${startedAt === null ? '' : `, ${startedAt.slice(0, 16).replace('T', ' ')}`})`;
}
