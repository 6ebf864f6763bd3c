import { encodeTree, type ObjectId, type ObjectWriter, parseTree, type TreeEntry } from '@cairn/store';
import { CairnError } from '../../errors.ts';
import type { Preference } from '../preference.ts';
import type { FieldConflict } from '../problems.ts';

/** The contents of one file on three sides, read as far as they are here. */
export interface FileSides {
  /** From the top, such as `notes/v1.json`. */
  readonly path: string;
  /** `null` where it was not there. */
  readonly base: Buffer | null;
  readonly ours: Buffer;
  readonly theirs: Buffer;
}

/** What became of a file that both sides have changed. */
export type MergedFile =
  | { readonly bytes: Buffer; readonly conflicts?: undefined }
  | { readonly conflicts: readonly FieldConflict[] };

export interface TreeMergeOptions {
  readonly base: ObjectId | null;
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
  readonly prefer?: Preference | undefined;
  /** Merges a file that both sides have changed. */
  readonly mergeFile: (sides: FileSides, prefer: Preference | undefined) => MergedFile;
}

export interface TreeMerge {
  /** With our side of what is in conflict. */
  readonly tree: ObjectId;
  readonly conflicts: readonly FieldConflict[];
}

/** Folders in folders of a branch that holds some texts. */
const DEPTH_MAX = 32;

/** Bytes of a file that is merged by what is in it: what is larger is no text that people wrote. */
const FILE_SIZE_MAX = 8 * 1024 * 1024;

/** Merges two trees file by file, and writes those that result. What one side alone has changed is taken from it. */
export function mergeTrees(writer: ObjectWriter, options: TreeMergeOptions): TreeMerge {
  const merge = { writer, options, conflicts: [] };
  const { base, ours, theirs } = options;
  return { tree: mergeFolders(merge, { base, ours, theirs }, []), conflicts: merge.conflicts };
}

interface Merge {
  readonly writer: ObjectWriter;
  readonly options: TreeMergeOptions;
  readonly conflicts: FieldConflict[];
}

interface FolderSides {
  readonly base: ObjectId | null;
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
}

function mergeFolders(merge: Merge, { base, ours, theirs }: FolderSides, path: readonly string[]): ObjectId {
  if (path.length > DEPTH_MAX) throw tooDeep(path);
  const [before, here, there] = [base, ours, theirs].map((id) => entriesOf(merge.writer, id));
  const names = new Set([...here!.keys(), ...there!.keys()]);
  const entries = [...names].map((name) =>
    mergeEntry(merge, { base: before!.get(name), ours: here!.get(name), theirs: there!.get(name) }, [
      ...path,
      name,
    ]),
  );
  return merge.writer.add('tree', encodeTree(entries.filter((entry) => entry !== undefined)));
}

interface EntrySides {
  readonly base: TreeEntry | undefined;
  readonly ours: TreeEntry | undefined;
  readonly theirs: TreeEntry | undefined;
}

function mergeEntry(merge: Merge, sides: EntrySides, path: readonly string[]): TreeEntry | undefined {
  const { base, ours, theirs } = sides;
  if (isSame(ours, theirs) || isSame(base, theirs)) return ours;
  if (isSame(base, ours)) return theirs;
  if (isFolder(ours) && isFolder(theirs)) {
    const folders = { base: isFolder(base) ? base.id : null, ours: ours.id, theirs: theirs.id };
    return { ...ours, id: mergeFolders(merge, folders, path) };
  }
  if (isFile(ours) && isFile(theirs)) return mergeFiles(merge, { ...sides, ours, theirs }, path);
  return settled(merge, sides, [wholeConflict(sides, path)]);
}

function mergeFiles(
  merge: Merge,
  sides: EntrySides & { readonly ours: TreeEntry; readonly theirs: TreeEntry },
  path: readonly string[],
): TreeEntry | undefined {
  const { prefer, mergeFile } = merge.options;
  const base = isFile(sides.base) ? readFile(merge.writer, sides.base) : null;
  const [ours, theirs] = [readFile(merge.writer, sides.ours), readFile(merge.writer, sides.theirs)];
  if (ours === null || theirs === null) return settled(merge, sides, [wholeConflict(sides, path)]);
  const merged = mergeFile({ path: path.join('/'), base, ours, theirs }, prefer);
  if (merged.conflicts) return settled(merge, sides, merged.conflicts);
  return { ...sides.ours, id: merge.writer.add('blob', merged.bytes) };
}

/** Our entry and a conflict that is told of, or that of the preferred side. */
function settled(
  merge: Merge,
  sides: EntrySides,
  conflicts: readonly FieldConflict[],
): TreeEntry | undefined {
  const { prefer } = merge.options;
  if (prefer) return sides[prefer];
  merge.conflicts.push(...conflicts);
  return sides.ours;
}

function wholeConflict({ base, ours, theirs }: EntrySides, path: readonly string[]): FieldConflict {
  return {
    field: path.join('/'),
    base: base?.id ?? null,
    ours: ours?.id ?? null,
    theirs: theirs?.id ?? null,
  };
}

function entriesOf({ repository }: ObjectWriter, id: ObjectId | null): Map<string, TreeEntry> {
  if (id === null) return new Map();
  const { kind, bytes } = repository.objects.readSync(id);
  if (kind !== 'tree') throw new CairnError('damaged', `expected ${id} to be a tree, got a ${kind}`);
  return new Map(parseTree(bytes).map((entry) => [entry.name, entry]));
}

/** `null` for what is too large, and for what a lazy clone does not have. */
function readFile({ repository: { objects } }: ObjectWriter, { id }: TreeEntry): Buffer | null {
  if (!objects.has(id) || objects.sizeOf(id).size > FILE_SIZE_MAX) return null;
  return objects.readSync(id).bytes;
}

function isSame(one: TreeEntry | undefined, other: TreeEntry | undefined): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}

function isFolder(entry: TreeEntry | undefined): entry is TreeEntry {
  return entry?.mode === '40000';
}

function isFile(entry: TreeEntry | undefined): entry is TreeEntry {
  return entry?.mode === '100644' || entry?.mode === '100755';
}

function tooDeep(path: readonly string[]): CairnError {
  return new CairnError('hostile', `${path.slice(0, 3).join('/')}… is nested more than ${DEPTH_MAX} deep`, {
    hint: 'do not trust where this repository came from',
  });
}
