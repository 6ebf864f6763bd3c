import { encodeTree, type ObjectId, type ObjectWriter, type StoredFile, type TreeEntry } from '@cairn/store';
import { COMPONENT_BYTES_MAX, foldedPath } from '../file-path.ts';

/** Attributes of every version: bytes stay what they are, and no time is lost in looking for deltas. */
export const ATTRIBUTES = '* -text -eol -working-tree-encoding -filter\nfiles/** -delta\n';

/** What the folder of a large file's parts is called, when nothing else has that name. */
const PARTS_SUFFIX = '.parts';

export interface PlacedFile {
  /** Where it stands in the version. */
  readonly path: string;
  readonly stored: StoredFile;
}

/** Chooses for each large file the name of its folder of parts, beside where the file would stand. */
export function partsNames(files: readonly PlacedFile[]): Map<string, string> {
  const taken = new Set(files.flatMap(({ path }) => withFolders(path)));
  const names = new Map<string, string>();
  for (const { path, stored } of files) {
    if (stored.content.kind !== 'parts') continue;
    const folder = freeName(path, taken);
    taken.add(foldedPath(folder));
    names.set(path, folder.slice(path.lastIndexOf('/') + 1));
  }
  return names;
}

/** Writes the trees of `files/` and gives the id of the topmost. */
export function writeFilesTree(
  writer: ObjectWriter,
  files: readonly PlacedFile[],
  parts: ReadonlyMap<string, string>,
): ObjectId {
  const root: Folder = new Map();
  for (const { path, stored } of files) {
    const folders = path.split('/');
    const name = folders.pop()!;
    place(root, folders, leaf(name, stored, parts.get(path)));
  }
  return writeFolder(writer, root);
}

type Folder = Map<string, Folder | TreeEntry>;

function leaf(name: string, { content, executable }: StoredFile, partsName: string | undefined): TreeEntry {
  if (content.kind === 'parts') return { mode: '40000', name: partsName!, id: content.tree };
  return { mode: executable ? '100755' : '100644', name, id: content.id };
}

function place(root: Folder, folders: readonly string[], entry: TreeEntry): void {
  let folder = root;
  for (const name of folders) {
    const inner = folder.get(name) ?? new Map();
    folder.set(name, inner);
    folder = inner as Folder;
  }
  folder.set(entry.name, entry);
}

function writeFolder(writer: ObjectWriter, folder: Folder): ObjectId {
  const entries = [...folder].map(([name, inner]) =>
    inner instanceof Map ? { mode: '40000' as const, name, id: writeFolder(writer, inner) } : inner,
  );
  return writer.add('tree', encodeTree(entries));
}

function freeName(path: string, taken: ReadonlySet<string>): string {
  const at = path.lastIndexOf('/') + 1;
  for (let number = 1; ; number += 1) {
    const suffix = `${PARTS_SUFFIX}${number === 1 ? '' : `~${number}`}`;
    const name = path.slice(0, at) + shortened(path.slice(at), COMPONENT_BYTES_MAX - suffix.length) + suffix;
    if (!taken.has(foldedPath(name))) return name;
  }
}

/** The beginning of a name, in whole characters, of at most so many bytes. */
function shortened(name: string, bytesMax: number): string {
  if (Buffer.byteLength(name) <= bytesMax) return name;
  return name.slice(0, new TextEncoder().encodeInto(name, new Uint8Array(bytesMax)).read);
}

/** A path and every folder above it, as a disk that ignores case and Unicode forms sees them. */
function withFolders(path: string): string[] {
  const parts = foldedPath(path).split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
