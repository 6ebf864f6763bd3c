import {
  encodeTree,
  type ObjectId,
  type ObjectWriter,
  partFileName,
  type StoredFile,
  type TreeEntry,
} from '@cairn/store';
import { COMPONENT_BYTES_MAX, foldedPath, isGitSettings } from '../file-path.ts';

/** Attributes of every version: bytes stay what they are, and no time is lost in looking for deltas. */
export const ATTRIBUTES = '* -text -eol -working-tree-encoding -filter\nfiles/** -delta\n';

/** What the folder of a large file's parts is called, when nothing else has that name. */
const PARTS_SUFFIX = '.parts';

export interface PlacedFile {
  /** Where it stands in the version. */
  readonly path: string;
  readonly stored: Omit<StoredFile, 'identity'>;
}

/**
 * Chooses the name of the folder of parts, beside where the file would stand, for each large file, and for each that
 * Git would read as its own: in a folder it means nothing to Git.
 */
export function partsNames(files: readonly PlacedFile[]): Map<string, string> {
  const taken = new Set(files.flatMap(({ path }) => withFolders(path)));
  const names = new Map<string, string>();
  for (const file of files.filter(standsInParts)) {
    const folder = freeName(file.path, taken);
    taken.add(foldedPath(folder));
    names.set(file.path, lastComponent(folder));
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
  for (const file of files) {
    place(root, file.path.split('/').slice(0, -1), leaf(writer, file, parts.get(file.path)));
  }
  return writeFolder(writer, root);
}

type Folder = Map<string, Folder | TreeEntry>;

function leaf(writer: ObjectWriter, { path, stored }: PlacedFile, partsName: string | undefined): TreeEntry {
  const { content, executable } = stored;
  if (content.kind === 'parts') return { mode: '40000', name: partsName!, id: content.tree };
  if (partsName !== undefined) return { mode: '40000', name: partsName, id: onePart(writer, content.id) };
  return { mode: executable ? '100755' : '100644', name: lastComponent(path), id: content.id };
}

/** The table of parts of a file that one blob holds. */
function onePart(writer: ObjectWriter, id: ObjectId): ObjectId {
  return writer.add('tree', encodeTree([{ mode: '100644', name: partFileName({ start: 0, name: '' }), id }]));
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

/** An empty file has no parts, and says nothing to Git either. */
function standsInParts({ path, stored }: PlacedFile): boolean {
  return stored.content.kind === 'parts' || (stored.size > 0 && isGitSettings(lastComponent(path)));
}

function lastComponent(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
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
