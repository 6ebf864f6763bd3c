import { encodeTree, type ObjectId, type ObjectWriter, type TreeEntry } from '@cairn/store';

const SUFFIX = '.json';

/** A folder of `main` with a JSON file for each of some names. */
export interface MainFolder {
  /** The files, by name without suffix. */
  readonly files: ReadonlyMap<string, ObjectId>;
  /** What else stands there, put by other tools; kept as it is. */
  readonly others: readonly TreeEntry[];
}

/** Sorts the entries of a folder by whether they are files for a name. */
export function folderOf(entries: readonly TreeEntry[], isName: (text: string) => boolean): MainFolder {
  const isFile = ({ mode, name }: TreeEntry) =>
    mode === '100644' && name.endsWith(SUFFIX) && isName(name.slice(0, -SUFFIX.length));
  return {
    files: new Map(
      entries.filter(isFile).map(({ name, id }) => [name.slice(0, -SUFFIX.length), id] as const),
    ),
    others: entries.filter((entry) => !isFile(entry)),
  };
}

/** Files to write, by name; `null` removes one. */
export type FolderChanges = ReadonlyMap<string, Uint8Array | null>;

/** Writes a folder with some of its files changed, and gives its entry; `null` when nothing is left in it. */
export function writeFolder(
  writer: ObjectWriter,
  name: string,
  { folder: { files, others }, changes }: { readonly folder: MainFolder; readonly changes: FolderChanges },
): TreeEntry | null {
  const next = new Map(files);
  for (const [file, bytes] of changes) {
    if (bytes === null) next.delete(file);
    else next.set(file, writer.add('blob', bytes));
  }
  const written = [...next].map(([file, id]) => ({ mode: '100644' as const, name: file + SUFFIX, id }));
  const kept = others.filter((entry) => !written.some((own) => own.name === entry.name));
  if (written.length + kept.length === 0) return null;
  return { mode: '40000', name, id: writer.add('tree', encodeTree([...kept, ...written])) };
}
