import { type Repository, readRef, remoteNames } from '@cairn/store';
import { asCairnError, CairnError, readingOf } from '../errors.ts';
import { MAIN_REF, readMain, readNote } from '../models/main-branch.ts';
import { isKnownToBeShared } from '../sharing/model-remotes.ts';

/** What the branch main says of versions. */
export interface ToldOnMain {
  /** The aliases that stand for a version, sorted. */
  aliasesOf(version: string): readonly string[];
  /** What was said of a version after it was made, `null` when nothing was. Throws when that cannot be read. */
  noteOn(version: string): Promise<string | null>;
}

/**
 * Reads what main says of versions; nothing in a clone of one tag alone, whose version is whole without it. Throws
 * `damaged` when a main that should be there is not what the format says.
 */
export async function toldOnMain(repository: Repository, model: string): Promise<ToldOnMain> {
  const isWithout = await readingOf(`the model ${model}`, async () => isWithoutMain(repository));
  if (isWithout) return { aliasesOf: () => [], noteOn: async () => null };
  const main = await readMain(repository, model);
  const aliases = aliasesByVersion(main.document.aliases);
  return {
    aliasesOf: (version) => aliases.get(version) ?? [],
    noteOn: async (version) => {
      const note = await readNote(repository, main, version).catch((error) => {
        throw unreadableNote(`${model}@${version}`, asCairnError(error));
      });
      return note?.description ?? null;
    },
  };
}

function unreadableNote(what: string, error: CairnError): CairnError {
  return new CairnError(error.code, error.message, {
    hint: `describe it anew: \`cairn edit ${what} -d text\``,
    data: error.data,
    cause: error,
  });
}

/**
 * Whether it is a clone without main: a repository that came from nowhere else, or that has been pushed or pulled with
 * its main, has lost it.
 */
export function isWithoutMain(repository: Repository): boolean {
  const { gitDir } = repository;
  const mayBe = remoteNames(repository).length > 0 && !isKnownToBeShared(gitDir);
  return mayBe && readRef(gitDir, MAIN_REF) === null;
}

function aliasesByVersion(aliases: Readonly<Record<string, string>>): Map<string, string[]> {
  const byVersion = new Map<string, string[]>();
  for (const [alias, version] of Object.entries(aliases)) {
    byVersion.set(version, [...(byVersion.get(version) ?? []), alias].sort());
  }
  return byVersion;
}
