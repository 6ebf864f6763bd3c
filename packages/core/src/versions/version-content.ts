import { type FileContent, type ObjectId, type PartRef, type Repository, readParts } from '@cairn/store';
import { CairnError, readingOf } from '../errors.ts';
import type { VersionFileEntry } from '../schema/version.ts';
import { treePath } from './document-files.ts';
import { type StoredVersion, treeEntries } from './version-repository.ts';

/** Finds the contents of a version's files, looking at each tree once. */
export interface ContentFinder {
  /** What a file is made of. Throws `damaged` when the tree does not hold what `version.json` lists. */
  find(file: VersionFileEntry): Promise<FileContent>;
}

export function contentFinder(repository: Repository, stored: StoredVersion, what: string): ContentFinder {
  const trees = new Map<string, ReturnType<typeof treeEntries>>();
  const entriesOf = (tree: ObjectId) => {
    const known = trees.get(tree) ?? treeEntries(repository, tree, what);
    trees.set(tree, known);
    return known;
  };
  return {
    find: (file) =>
      readingOf(`${file.path} of ${what}`, async () => {
        const id = await findInTree(file, stored.files, entriesOf);
        if (id === null) throw missing(file.path, what);
        const { path, size, sha256 } = file;
        return { path, size, sha256, parts: await partsOf(repository, file, { id, what }) };
      }),
  };
}

/** A blob is read whole, so what is said of a large one is compared with its own size first. */
const BLOB_BELIEVED_MAX = 1024 * 1024;

async function partsOf(
  { objects }: Repository,
  { path, size, parts }: VersionFileEntry,
  { id, what }: { readonly id: ObjectId; readonly what: string },
): Promise<readonly PartRef[]> {
  if (parts !== undefined) return readParts(objects, id, size);
  const found = size <= BLOB_BELIEVED_MAX ? size : objects.sizeOf(id).size;
  if (found === size) return [{ start: 0, size, id }];
  throw new CairnError('damaged', `${what} lists ${path} with ${size} bytes, but it has ${found}`, {
    hint: ANOTHER_CLONE,
    data: { path },
  });
}

async function findInTree(
  file: VersionFileEntry,
  root: ObjectId | null,
  entriesOf: (tree: ObjectId) => ReturnType<typeof treeEntries>,
): Promise<ObjectId | null> {
  const components = treePath(file).split('/');
  const last = components.length - 1;
  let id = root;
  for (const [depth, name] of components.entries()) {
    if (id === null) return null;
    const entry = (await entriesOf(id)).get(name);
    const wanted = depth < last || file.parts !== undefined ? FOLDER_MODES : FILE_MODES;
    if (!entry || !wanted.has(entry.mode)) return null;
    id = entry.id;
  }
  return id;
}

const FOLDER_MODES: ReadonlySet<string> = new Set(['40000']);
const FILE_MODES: ReadonlySet<string> = new Set(['100644', '100755', '100664']);

const ANOTHER_CLONE = 'take this version from another clone, or add it again from its source';

function missing(path: string, what: string): CairnError {
  return new CairnError('damaged', `${what} lists ${path}, but its tree does not hold it`, {
    hint: ANOTHER_CLONE,
    data: { path },
  });
}
