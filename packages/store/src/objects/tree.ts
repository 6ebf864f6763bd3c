import { isUtf8 } from 'node:buffer';
import { StoreError } from '../errors.ts';
import { OBJECT_ID_SIZE, type ObjectId, objectIdAt } from './object-id.ts';

/**
 * What a tree entry is: a file, an executable file, a symbolic link, a folder, a commit of another repository.
 * `100664` stands in very old trees; `git fsck` accepts it, and nothing writes it any more.
 */
export type TreeMode = '100644' | '100755' | '120000' | '40000' | '160000' | '100664';

export interface TreeEntry {
  readonly mode: TreeMode;
  readonly name: string;
  readonly id: ObjectId;
}

/** What a tree entry points to, without its name. */
export interface TreeTarget {
  readonly mode: TreeMode;
  readonly id: ObjectId;
}

const MODES: readonly string[] = [
  '100644',
  '100755',
  '120000',
  '40000',
  '160000',
  '100664',
] satisfies TreeMode[];

/** The longest mode, a space. */
const MODE_AND_SPACE_MAX = 7;

/**
 * Reads the content of a tree object.
 *
 * Throws `damaged` for a malformed or unsorted tree and for duplicates, `hostile` for names that would reach
 * outside a folder (`..`, `.git`, slashes) and `unsupported` for names that are not UTF-8.
 */
export function parseTree(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (const raw of rawEntries(bytes)) {
    entries.push({ mode: raw.mode, name: parseName(raw.name), id: raw.id });
  }
  const problem = disorderOf(entries);
  if (problem) throw new StoreError('damaged', `malformed tree: ${problem}`);
  return entries;
}

/** What a tree points to, whatever the names are: for walking what is reachable, not for taking files out. */
export function parseTreeTargets(bytes: Buffer): TreeTarget[] {
  return Array.from(rawEntries(bytes), ({ mode, id }) => ({ mode, id }));
}

interface RawEntry {
  readonly mode: TreeMode;
  readonly name: Buffer;
  readonly id: ObjectId;
}

function* rawEntries(bytes: Buffer): Generator<RawEntry> {
  let at = 0;
  while (at < bytes.length) {
    const nameAt = bytes.indexOf(0x20, at) + 1;
    const nameEnd = bytes.indexOf(0, nameAt);
    const end = nameEnd + 1 + OBJECT_ID_SIZE;
    if (nameAt === 0 || nameAt - at > MODE_AND_SPACE_MAX || nameEnd < 0 || end > bytes.length) {
      throw new StoreError('damaged', `malformed tree: no whole entry at byte ${at}`);
    }
    const mode = parseMode(bytes.toString('latin1', at, nameAt - 1));
    yield { mode, name: bytes.subarray(nameAt, nameEnd), id: objectIdAt(bytes, nameEnd + 1) };
    at = end;
  }
}

function parseMode(text: string): TreeMode {
  if (!MODES.includes(text)) {
    throw new StoreError('damaged', `malformed tree: unknown mode ${JSON.stringify(text)}`);
  }
  return text as TreeMode;
}

function parseName(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new StoreError('unsupported', `a name in a tree is not utf-8: ${JSON.stringify(bytes.toString())}`);
  }
  const name = bytes.toString();
  if (!isTreeName(name)) {
    throw new StoreError(
      'hostile',
      `a tree holds the name ${JSON.stringify(name)}, which no folder may hold`,
    );
  }
  return name;
}

/**
 * Whether a name can stand in a tree: one component, and none that Git or a file system takes for `.git`
 * (the rules of `git fsck`).
 */
export function isTreeName(name: string): boolean {
  const relative = name === '' || name === '.' || name === '..';
  return (
    !relative &&
    !name.includes('/') &&
    !name.includes('\0') &&
    !LONE_SURROGATE.test(name) &&
    !meansDotGit(name)
  );
}

/** Half a character: it has no UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Characters that HFS+ leaves out when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** NTFS ignores case and trailing dots and blanks, has short names and streams, and `\` separates folders. */
const DOT_GIT_ON_NTFS = /(^|\\)(\.git|git~1)[. ]*($|[\\:])/i;

function meansDotGit(name: string): boolean {
  return name.replace(IGNORED_BY_HFS, '').toLowerCase() === '.git' || DOT_GIT_ON_NTFS.test(name);
}

/**
 * The inverse of {@link parseTree}: writes the entries in Git's order, in whatever order they are given.
 * Throws `invalid` for names that cannot stand in a tree, and for duplicates.
 */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const wrong = entries.find(({ name }) => !isTreeName(name));
  if (wrong) throw new StoreError('invalid', `not a name for a tree: ${JSON.stringify(wrong.name)}`);
  const sorted = entries
    .map((entry) => ({ entry, key: sortKey(entry) }))
    .sort((one, other) => Buffer.compare(one.key, other.key))
    .map(({ entry }) => entry);
  const problem = disorderOf(sorted);
  if (problem) throw new StoreError('invalid', `not a tree: ${problem}`);
  return Buffer.concat(sorted.flatMap(encodeTreeEntry));
}

function encodeTreeEntry({ mode, name, id }: TreeEntry): [Buffer, Buffer] {
  return [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')];
}

/** What is wrong with the order of entries. A file and a folder of one name need not be neighbours. */
function disorderOf(entries: readonly TreeEntry[]): string | null {
  const names = new Set<string>();
  let before: Buffer | null = null;
  for (const entry of entries) {
    const key = sortKey(entry);
    if (names.has(entry.name)) return `the name ${JSON.stringify(entry.name)} stands in it twice`;
    if (before && Buffer.compare(before, key) >= 0) {
      return `the name ${JSON.stringify(entry.name)} is out of order`;
    }
    names.add(entry.name);
    before = key;
  }
  return null;
}

/** Git sorts a folder as if its name ended with a slash, and names by their bytes. */
function sortKey({ mode, name }: TreeEntry): Buffer {
  return Buffer.from(mode === '40000' ? `${name}/` : name);
}
