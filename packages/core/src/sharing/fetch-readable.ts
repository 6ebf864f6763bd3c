import type { Repository } from '@cairn/store';
import { asCairnError } from '../errors.ts';
import type { Contact } from './contact.ts';
import { fetchModel, type ModelToFetch } from './fetch-model.ts';
import { contentProblem } from './model-pull.ts';
import { problem, type SharingProblem } from './problems.ts';

export interface Fetched {
  readonly filtered: boolean;
  /** What is wrong with refs that could not be brought. */
  readonly problems: readonly SharingProblem[];
}

/**
 * Brings refs of a model as {@link fetchModel} does, and where something is wrong with what one of them leads to, the
 * others all the same: in halves, so that each that is wrong costs as many more fetches as its place takes to find.
 */
export async function fetchReadable(
  contact: Contact,
  repository: Repository,
  task: ModelToFetch,
): Promise<Fetched> {
  try {
    return { ...(await fetchModel(contact, repository, task)), problems: [] };
  } catch (error) {
    if (!isAboutContent(error)) throw error;
    const halves = halvesOf(task);
    if (halves === null) return { filtered: true, problems: [unreadable(contact, task, error)] };
    const [one, other] = halves;
    const first = await fetchReadable(contact, repository, { ...task, ...one });
    const second = await fetchReadable(contact, repository, { ...task, ...other });
    return {
      filtered: first.filtered && second.filtered,
      problems: [...first.problems, ...second.problems],
    };
  }
}

/** Whether what was fetched is not what it should be, or not all of it came: no reason to leave anything else alone. */
export function isAboutContent(error: unknown): boolean {
  const { code, message } = asCairnError(error);
  return WRONG_CONTENT.has(code) || (code === 'failed' && NOT_ALL_SENT.test(message));
}

const WRONG_CONTENT: ReadonlySet<string> = new Set(['hostile', 'damaged', 'not-found']);

/** How Git ends when what a ref stands for never came (`fetch`, `store_updated_refs`). */
const NOT_ALL_SENT = /did not send all necessary objects/;

type Wanted = Pick<ModelToFetch, 'main' | 'versions'>;

/** `null` for a single ref. */
function halvesOf({ main, versions }: Wanted): readonly [Wanted, Wanted] | null {
  if (main && versions.length > 0) {
    return [
      { main, versions: [] },
      { main: false, versions },
    ];
  }
  if (versions.length < 2) return null;
  const middle = versions.length >>> 1;
  return [
    { main, versions: versions.slice(0, middle) },
    { main, versions: versions.slice(middle) },
  ];
}

function unreadable({ remote }: Contact, { model, versions }: ModelToFetch, error: unknown): SharingProblem {
  const [version] = versions;
  if (version === undefined) return contentProblem(model, remote.name, error);
  const { message, hint = null } = asCairnError(error);
  const what = `${model}@${version} of ${remote.name}`;
  return problem('unreadable', `${what} is not taken over: ${message}`, { model, version, hint });
}

/** Of problems with what has arrived, those that were not told when it was fetched. */
export function withoutRepeats(
  fetched: readonly SharingProblem[],
  found: readonly SharingProblem[],
): SharingProblem[] {
  const told = new Set(fetched.map(({ version }) => version));
  return found.filter(({ kind, version }) => kind !== 'unreadable' || !told.has(version));
}
