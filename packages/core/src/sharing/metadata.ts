import { type ObjectId, parseCommit, parseTag, parseTree, type Repository } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { VERSION_FILE } from '../versions/version-repository.ts';

type Objects = Pick<Repository, 'objects'>;

/** Entries of a model's branch `main` that are needed to list, show and edit it. */
const MAIN_ENTRIES: ReadonlySet<string> = new Set(['model.json', 'README.md', 'notes', 'keys']);

/**
 * Blobs that tell what a model is, as a commit of its branch `main` has them. A lazy clone leaves out those that are
 * large, such as the card of a model with its pictures inlined.
 */
export function mainMetadata(repository: Objects, commit: ObjectId): ObjectId[] {
  const { tree } = parseCommit(read(repository, commit, 'commit'));
  const entries = treeAt(repository, tree).filter(({ name }) => MAIN_ENTRIES.has(name));
  return entries.flatMap(({ mode, id }) =>
    mode === '40000'
      ? treeAt(repository, id)
          .filter(isFile)
          .map((entry) => entry.id)
      : [id],
  );
}

/** The blob that tells what a version is: of one with thousands of files it is large. */
export function versionMetadata(repository: Objects, tag: ObjectId): ObjectId[] {
  const { target, kind } = parseTag(read(repository, tag, 'tag'));
  if (kind !== 'commit') return [];
  const { tree } = parseCommit(read(repository, target, 'commit'));
  return treeAt(repository, tree)
    .filter((entry) => entry.name === VERSION_FILE && isFile(entry))
    .map(({ id }) => id);
}

function isFile({ mode }: { readonly mode: string }): boolean {
  return mode === '100644' || mode === '100755';
}

function treeAt(repository: Objects, id: ObjectId): ReturnType<typeof parseTree> {
  return parseTree(read(repository, id, 'tree'));
}

/** Throws `damaged` for what is of another kind. */
function read({ objects }: Objects, id: ObjectId, kind: string): Buffer {
  const object = objects.readSync(id);
  if (object.kind === kind) return object.bytes;
  throw new CairnError('damaged', `expected ${id} to be a ${kind}, got a ${object.kind}`);
}
