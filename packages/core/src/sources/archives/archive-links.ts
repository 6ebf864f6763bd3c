import { posix } from 'node:path';
import { damaged, hostile, shown } from '../../packages/archive-errors.ts';
import { ENTRIES_MAX } from '../../packages/archive-limits.ts';
import { DEPTH_MAX } from '../../packages/archive-paths.ts';

/** A link of an archive. */
export interface ArchiveLink {
  /** Where it stands. */
  readonly path: string;
  /** Where it leads, as the archive has it. */
  readonly target: string;
  /** A symbolic link leads on from the folder that it stands in, a hard link from the root of the archive. */
  readonly isSymbolic: boolean;
}

/** A file that has to be made again at another place, because a link stands there. */
export interface LinkedFile {
  readonly path: string;
  /** The file of the archive with its content. */
  readonly from: string;
}

export interface ArchiveTree {
  readonly files: Iterable<string>;
  readonly folders: Iterable<string>;
  readonly links: readonly ArchiveLink[];
}

/** Links followed on the way to one file, at most, as Linux has it (path_resolution(7)). */
const HOPS_MAX = 40;

/**
 * Follows the links of an archive, without a disk: which files have to be made again where. For a link to a folder, it
 * is all that stands in there. Throws `damaged` for links to nothing, `hostile` for those that lead out of the archive,
 * in a circle, or to more than a version can hold.
 */
export function followLinks(archive: ArchiveTree): LinkedFile[] {
  const root = rootOf(archive);
  const made: LinkedFile[] = [];
  for (const { path } of archive.links) collect(root, { node: nodeAt(root, path), path, above: [] }, made);
  return made;
}

/** What stands at a place: a folder with what is in it, a link, or else a file. */
interface Node {
  readonly path: string;
  readonly above: Node | null;
  readonly children?: Map<string, Node>;
  readonly link?: ArchiveLink;
}

type Folder = Node & { readonly children: Map<string, Node> };

function rootOf({ files, folders, links }: ArchiveTree): Folder {
  const root: Folder = { path: '', above: null, children: new Map() };
  for (const path of folders) folderAt(root, path.split('/'));
  for (const path of files) put(root, path, {});
  for (const link of links) put(root, link.path, { link });
  return root;
}

function put(root: Folder, path: string, what: Pick<Node, 'link'>): void {
  const components = path.split('/');
  const name = components.pop()!;
  const above = folderAt(root, components);
  above.children.set(name, { path, above, ...what });
}

/** The folder of that path, made where it is missing: no file stands in its place, as was checked. */
function folderAt(root: Folder, components: readonly string[]): Folder {
  let folder = root;
  for (const name of components) {
    const path = folder === root ? name : `${folder.path}/${name}`;
    const next = folder.children.get(name) ?? { path, above: folder, children: new Map() };
    folder.children.set(name, next);
    folder = next as Folder;
  }
  return folder;
}

function nodeAt(root: Node, path: string): Node {
  return path.split('/').reduce((node, name) => node.children!.get(name)!, root);
}

/** The file or folder that a node is in the end, all links on the way followed. */
function resolved(root: Node, node: Node): Node {
  let found = node;
  let rest: string[] = [];
  for (let hops = 0; ; ) {
    const { link } = found;
    if (link !== undefined) {
      hops += 1;
      if (hops > HOPS_MAX) throw hostile(`${shown(node.path)} is a link that leads in a circle`);
      rest = [...componentsOf(link), ...rest];
      found = link.isSymbolic ? found.above! : root;
    } else {
      const name = rest.shift();
      if (name === undefined) return found;
      found = stepFrom(found, name, node);
    }
  }
}

function componentsOf({ path, target }: ArchiveLink): string[] {
  const isAbsolute = posix.isAbsolute(target) || target.includes('\\') || /^[a-z]:/i.test(target);
  if (isAbsolute) throw outside(path, target);
  return target.split('/').filter((component) => component !== '' && component !== '.');
}

function stepFrom({ above, children }: Node, name: string, { path, link }: Node): Node {
  if (name === '..' && above === null) throw outside(path, link?.target ?? '..');
  const next = name === '..' ? above : children?.get(name);
  if (next) return next;
  throw damaged(`${shown(path)} is a link to nothing`);
}

function outside(path: string, target: string): Error {
  return hostile(
    `${shown(path)} is a link to ${shown(target)}, outside of the archive`,
    'pack the files that links point to',
  );
}

interface Place {
  readonly node: Node;
  /** Where it is to be made. */
  readonly path: string;
  /** Folders on the way here, which no link may lead back to. */
  readonly above: readonly Node[];
}

function collect(root: Node, { node, path, above }: Place, made: LinkedFile[]): void {
  const real = resolved(root, node);
  if (real.children === undefined) {
    made.push({ path, from: real.path });
    if (made.length > ENTRIES_MAX) throw hostile(`its links lead to more than ${ENTRIES_MAX} files`);
    return;
  }
  const isAbove = real === root || `${path}/`.startsWith(`${real.path}/`) || above.includes(real);
  if (isAbove) throw hostile(`${shown(path)} is a link that leads to a folder above it`);
  if (above.length > DEPTH_MAX) throw hostile(`the links in ${shown(path)} lead too deep`);
  for (const [name, child] of real.children) {
    collect(root, { node: child, path: `${path}/${name}`, above: [...above, real] }, made);
  }
}
