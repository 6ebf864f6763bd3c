import {
  checkExtraHeaders,
  encodeHeadedText,
  type Header,
  HeaderReader,
  parseHeadedText,
} from './headers.ts';
import { type ObjectId, parseObjectId } from './object-id.ts';
import { encodePerson, type Person, parsePerson } from './person.ts';

export interface Commit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Person;
  readonly committer: Person;
  /** Everything after the committer (signature, encoding, merged tags), kept as it is and in order. */
  readonly headers: readonly Header[];
  readonly message: string;
}

const FIELDS = ['tree', 'parent', 'author', 'committer'];

/** Reads the content of a commit object; throws `damaged` where `git fsck` would report an error. */
export function parseCommit(bytes: Buffer): Commit {
  const { headers, message } = parseHeadedText(bytes, 'commit');
  const reader = new HeaderReader(headers, 'commit');
  const tree = parseObjectId(reader.required('tree'));
  const parents = [...parentsOf(reader)];
  const author = parsePerson(reader.required('author'));
  const committer = parsePerson(reader.required('committer'));
  return { tree, parents, author, committer, headers: reader.rest(FIELDS), message };
}

function* parentsOf(reader: HeaderReader): Generator<ObjectId> {
  for (let parent = reader.optional('parent'); parent !== null; parent = reader.optional('parent')) {
    yield parseObjectId(parent);
  }
}

/** The inverse of {@link parseCommit}; throws `invalid` for fields that could not be read back. */
export function encodeCommit(commit: Commit): Buffer {
  checkExtraHeaders(commit.headers, FIELDS);
  const headers = [
    { name: 'tree', value: commit.tree },
    ...commit.parents.map((parent) => ({ name: 'parent', value: parent })),
    { name: 'author', value: encodePerson(commit.author) },
    { name: 'committer', value: encodePerson(commit.committer) },
    ...commit.headers,
  ];
  return encodeHeadedText({ headers, message: commit.message });
}
