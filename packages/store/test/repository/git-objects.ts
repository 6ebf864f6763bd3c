import { StoreError } from '../../src/errors.ts';
import { type ObjectId, type ObjectKind, parseObjectId } from '../../src/objects/object-id.ts';
import type { Person } from '../../src/objects/person.ts';
import { encodeTree, type TreeEntry } from '../../src/objects/tree.ts';
import { isRefName } from '../../src/refs/ref-store.ts';
import { loadGit, translatedGit } from '../../src/repository/git-library.ts';
import { toLibraryPerson } from '../../src/repository/library-person.ts';
import type { Seam } from '../../src/repository/seam.ts';

/** Writes a blob of a size that fits in memory. */
export async function writeBlob({ fs, gitdir }: Seam, blob: Uint8Array): Promise<ObjectId> {
  return written('blob', async (git) => git.writeBlob({ fs, gitdir, blob }));
}

/**
 * Writes a tree; the entries may come in any order. Their bytes are made here: isomorphic-git sorts names by
 * UTF-16 units, where Git sorts them by bytes.
 */
export async function writeTree({ fs, gitdir }: Seam, entries: readonly TreeEntry[]): Promise<ObjectId> {
  const object = encodeTree(entries);
  return written('tree', async (git) =>
    git.writeObject({ fs, gitdir, type: 'tree', format: 'content', object }),
  );
}

/** A commit to write. */
export interface NewCommit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Person;
  /** The author when not given. */
  readonly committer?: Person;
  /** Line breaks at its beginning and end do not matter: it is written with one at the end. */
  readonly message: string;
}

/** Writes a commit. Throws `invalid` for a person or message that Git cannot record. */
export async function writeCommit({ fs, gitdir }: Seam, commit: NewCommit): Promise<ObjectId> {
  const { tree, parents, author, committer = author } = commit;
  const parts = {
    tree,
    parent: [...parents],
    author: toLibraryPerson(author),
    committer: toLibraryPerson(committer),
  };
  const message = messageOf(commit.message);
  return written('commit', async (git) => git.writeCommit({ fs, gitdir, commit: { ...parts, message } }));
}

/** An annotated tag to write. */
export interface NewTag {
  readonly object: ObjectId;
  /** What the object is; a commit when not given. */
  readonly kind?: ObjectKind;
  /** Its name, without `refs/tags/`. */
  readonly tag: string;
  readonly tagger: Person;
  /** As for a commit. */
  readonly message: string;
}

/** Writes the object of an annotated tag, and no ref. Throws `invalid` for what Git cannot record. */
export async function writeTag(
  { fs, gitdir }: Seam,
  { object, kind = 'commit', tag, ...rest }: NewTag,
): Promise<ObjectId> {
  if (!isRefName(`refs/tags/${tag}`))
    throw new StoreError('invalid', `not a tag name: ${JSON.stringify(tag)}`);
  const tagger = toLibraryPerson(rest.tagger);
  const message = messageOf(rest.message);
  return written('tag', async (git) =>
    git.writeTag({ fs, gitdir, tag: { object, type: kind, tag, tagger, message } }),
  );
}

type GitLibrary = Awaited<ReturnType<typeof loadGit>>;

async function written(kind: ObjectKind, write: (git: GitLibrary) => Promise<string>): Promise<ObjectId> {
  try {
    return parseObjectId(await write(await loadGit()));
  } catch (error) {
    throw translatedGit(error, `write a ${kind}`);
  }
}

function messageOf(text: string): string {
  if (text.includes('\0')) throw new StoreError('invalid', 'a message for Git holds a NUL character');
  return text.replaceAll('\r', '').replace(/^\n+|\n+$/g, '');
}
