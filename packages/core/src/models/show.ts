import { type ObjectId, parseCommit, type Repository } from '@cairn/store';
import type { Identity } from '../environment.ts';
import { atBorder, CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { latestOf, versionTags } from '../versions/version-tags.ts';
import { readMain } from './main-branch.ts';
import { withModel } from './model-repository.ts';

/** All that is known of a model, without its versions. */
export interface Model {
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Version by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Those that move only when that is insisted on. */
  readonly protectedAliases: readonly string[];
  /** The model card, Markdown. */
  readonly card: string;
  readonly createdAt: string;
  readonly createdBy: Identity;
  /** The last change of the model itself or of its versions. */
  readonly modifiedAt: string;
  readonly modifiedBy: Identity;
  /** The newest version, `null` when there is none, or when one that cannot be read may be newer. */
  readonly latest: string | null;
  /** Number of versions. */
  readonly versions: number;
}

/** Throws `not-found`, or `damaged` when its repository cannot be read. */
export function showModel(registry: Registry, name: string): Promise<Model> {
  return atBorder(() =>
    withModel(registry, name, async (repository) => {
      const main = await readMain(repository, name);
      const { description, labels, aliases, protectedAliases = [] } = main.document;
      const tags = await versionTags(repository, registry, name);
      const latest = latestOf(tags);
      const edited = editAt(repository, main.commit);
      const created = firstEdit(repository, main.commit);
      const modified =
        latest && latest.createdAt > edited.at ? { at: latest.createdAt, by: latest.createdBy } : edited;
      return {
        name,
        description,
        labels,
        aliases,
        protectedAliases,
        card: main.card,
        createdAt: created.at,
        createdBy: created.by,
        modifiedAt: modified.at,
        modifiedBy: modified.by,
        latest: latest?.name ?? null,
        versions: tags.length,
      };
    }),
  );
}

/** The last second of the year 9999: later ones have no usual form. */
const SECONDS_MAX = 253_402_300_799;

/** Who wrote a commit of `main`, and when. */
export interface Edit {
  readonly at: string;
  readonly by: Identity;
}

export function editAt(repository: Repository, commit: ObjectId): Edit {
  const { committer } = parseCommit(repository.objects.readSync(commit).bytes);
  if (committer.seconds > SECONDS_MAX) {
    throw new CairnError(
      'damaged',
      `commit ${commit} is dated ${committer.seconds} s after 1970, beyond any calendar`,
    );
  }
  return {
    at: new Date(committer.seconds * 1000).toISOString(),
    by: { name: committer.name, email: committer.email },
  };
}

/** The first commit that can be reached: in a shallow clone that is not the first there was. */
function firstEdit(repository: Repository, tip: ObjectId): Edit {
  let first = tip;
  for (let next: ObjectId | undefined = tip; next && repository.objects.has(next); ) {
    first = next;
    next = parseCommit(repository.objects.readSync(next).bytes).parents[0];
  }
  return editAt(repository, first);
}
