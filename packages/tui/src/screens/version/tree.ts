import type { VersionFile } from '@cairn/core';

/** A row of the tree of files. */
export type TreeRow = FolderRow | FileRow;

export interface FolderRow {
  readonly kind: 'folder';
  /** From the root of the version, without a slash at the end. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Number of files in it, at any depth. */
  readonly files: number;
  /** Bytes of them. */
  readonly size: number;
  readonly isOpen: boolean;
}

export interface FileRow {
  readonly kind: 'file';
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly size: number;
  readonly file: VersionFile;
}

interface Folder {
  readonly path: string;
  readonly name: string;
  readonly folders: Map<string, Folder>;
  readonly files: VersionFile[];
}

/** The rows of a tree whose open folders are named: folders before files, each by name. */
export function treeRows(files: readonly VersionFile[], open: ReadonlySet<string>): TreeRow[] {
  return rowsOf(folderOf(files), { open, depth: 0 });
}

/** The files whose path holds every word, without their folders. */
export function searchedRows(files: readonly VersionFile[], search: string): TreeRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = files.filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)));
  return found.map((file) => ({
    kind: 'file',
    path: file.path,
    name: file.path,
    depth: 0,
    size: file.size,
    file,
  }));
}

/** Every folder of a version, for opening all of them. */
export function foldersOf(files: readonly VersionFile[]): Set<string> {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end));
  }
  return folders;
}

function folderOf(files: readonly VersionFile[]): Folder {
  const root: Folder = { path: '', name: '', folders: new Map(), files: [] };
  for (const file of files) {
    let folder = root;
    for (const name of file.path.split('/').slice(0, -1)) {
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      const inner = folder.folders.get(name) ?? { path, name, folders: new Map(), files: [] };
      folder.folders.set(name, inner);
      folder = inner;
    }
    folder.files.push(file);
  }
  return root;
}

function rowsOf(
  folder: Folder,
  at: { readonly open: ReadonlySet<string>; readonly depth: number },
): TreeRow[] {
  const rows: TreeRow[] = [];
  const { depth, open } = at;
  for (const inner of [...folder.folders.values()].sort(byName)) {
    const isOpen = open.has(inner.path);
    rows.push({
      kind: 'folder',
      path: inner.path,
      name: inner.name,
      depth,
      ...amountOf(inner),
      isOpen,
    });
    if (isOpen) rows.push(...rowsOf(inner, { open, depth: depth + 1 }));
  }
  for (const file of folder.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    rows.push({ kind: 'file', path: file.path, name, depth, size: file.size, file });
  }
  return rows;
}

function byName(a: Folder, b: Folder): number {
  return a.name < b.name ? -1 : 1;
}

function amountOf(folder: Folder): { files: number; size: number } {
  let files = folder.files.length;
  let size = folder.files.reduce((sum, each) => sum + each.size, 0);
  for (const inner of folder.folders.values()) {
    const amount = amountOf(inner);
    files += amount.files;
    size += amount.size;
  }
  return { files, size };
}
