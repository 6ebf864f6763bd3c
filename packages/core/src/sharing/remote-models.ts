import type { ObjectId } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { isModelName, isVersionName } from '../names.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { problem, type SharingProblem } from './problems.ts';
import { MODELS_PREFIX } from './ref-layout.ts';

/** What a remote has of one model. */
export interface RemoteModel {
  /** The tip of its branch `main`; `null` where it has none. */
  readonly main: ObjectId | null;
  /** Ids of tags, by version. */
  readonly versions: ReadonlyMap<string, ObjectId>;
}

/**
 * What a remote has, as its refs tell: names are in the grammar, and no model differs only in case from one that is here.
 * Models and versions of the remote may differ only in case from one another: which of them counts, who reads them says.
 */
export interface RemoteContents {
  /** The tip of the registry's own branch; `null` where it has none. */
  readonly registry: ObjectId | null;
  readonly models: ReadonlyMap<string, RemoteModel>;
  /** Names that were passed over. */
  readonly problems: readonly SharingProblem[];
}

export const NOTHING_REMOTE: RemoteModel = { main: null, versions: new Map() };

/** Models on one remote: a hundred times what a large organisation has. */
const MODELS_MAX = 100_000;

/** Versions of one model: one every five minutes for a year. */
const VERSIONS_MAX = 100_000;

/** Names that are passed over and told of one by one; of more, only the number is told. */
const NAMES_TOLD_MAX = 20;

/**
 * Reads the refs of a repository that holds a whole registry. Refs that are nobody's here are passed over.
 *
 * @param known models that are here: names that differ from theirs only in case are passed over
 */
export function sharedContents(
  refs: ReadonlyMap<string, ObjectId>,
  known: readonly string[],
): RemoteContents {
  const sorter = new RefSorter(known);
  for (const [ref, id] of refs) {
    if (ref.startsWith(MODELS_PREFIX)) sorter.addMain(ref.slice(MODELS_PREFIX.length), id);
    else if (ref.startsWith(TAG_PREFIX)) {
      const [model = '', ...rest] = ref.slice(TAG_PREFIX.length).split('/');
      if (rest.length > 0) sorter.addVersion(model, rest.join('/'), id);
    }
  }
  return { registry: refs.get(MAIN_REF) ?? null, models: sorter.models, problems: sorter.problems() };
}

/** Reads the refs of a repository that holds one model. */
export function modelContents(refs: ReadonlyMap<string, ObjectId>, model: string): RemoteContents {
  const sorter = new RefSorter([model]);
  const main = refs.get(MAIN_REF);
  if (main) sorter.addMain(model, main);
  for (const [ref, id] of refs)
    if (ref.startsWith(TAG_PREFIX)) sorter.addVersion(model, ref.slice(TAG_PREFIX.length), id);
  return { registry: null, models: sorter.models, problems: sorter.problems() };
}

/** Versions without those that differ only in case from one that is here: many disks could not hold both. */
export function withoutCaseTwins(
  versions: RemoteModel['versions'],
  here: Iterable<string>,
): { readonly versions: RemoteModel['versions']; readonly twins: readonly string[] } {
  const folded = new Map([...here].map((name) => [name.toLowerCase(), name]));
  const isTwin = (name: string) => (folded.get(name.toLowerCase()) ?? name) !== name;
  return {
    versions: new Map([...versions].filter(([name]) => !isTwin(name))),
    twins: [...versions.keys()].filter(isTwin),
  };
}

interface MutableModel {
  main: ObjectId | null;
  readonly versions: Map<string, ObjectId>;
}

/** Sorts refs by model, and keeps out what cannot be a name. */
class RefSorter {
  readonly models = new Map<string, MutableModel>();
  readonly #folded: ReadonlyMap<string, string>;
  /** Why names are passed over, by name. */
  readonly #passedOver = new Map<string, string>();

  constructor(known: readonly string[]) {
    this.#folded = new Map(known.map((name) => [name.toLowerCase(), name]));
  }

  addMain(model: string, id: ObjectId): void {
    const entry = this.#model(model);
    if (entry) entry.main = id;
  }

  addVersion(model: string, version: string, id: ObjectId): void {
    const entry = this.#model(model);
    if (!entry) return;
    if (!isVersionName(version)) this.#passedOver.set(`${model}@${version}`, 'that is no version name');
    else if (entry.versions.size >= VERSIONS_MAX) throw tooMany(`versions of ${model}`, VERSIONS_MAX);
    else entry.versions.set(version, id);
  }

  problems(): SharingProblem[] {
    const told = [...this.#passedOver].slice(0, NAMES_TOLD_MAX).map(([name, reason]) => {
      const message = `the remote has ${JSON.stringify(name.slice(0, 200))}, which is passed over: ${reason}`;
      return problem('name', message, { isFailure: false });
    });
    const hidden = this.#passedOver.size - told.length;
    if (hidden === 0) return told;
    const more = `the remote has ${hidden} more names that are passed over`;
    return [...told, problem('name', more, { isFailure: false })];
  }

  #model(name: string): MutableModel | null {
    const known = this.models.get(name);
    if (known) return known;
    const reason = this.#reasonAgainst(name);
    if (reason !== null) {
      this.#passedOver.set(name, reason);
      return null;
    }
    if (this.models.size >= MODELS_MAX) throw tooMany('models', MODELS_MAX);
    const made: MutableModel = { main: null, versions: new Map() };
    this.models.set(name, made);
    return made;
  }

  #reasonAgainst(name: string): string | null {
    if (!isModelName(name)) return 'that is no model name';
    const other = this.#folded.get(name.toLowerCase()) ?? name;
    return other === name ? null : `${other} differs from it only in case`;
  }
}

function tooMany(what: string, max: number): CairnError {
  return new CairnError('hostile', `the remote has more than ${max} ${what}`, {
    hint: 'do not trust where this repository came from',
  });
}
