import { git } from '@cairn/testkit';

/** A blob in a tree, as `git ls-tree -r` lists it. */
export interface TreeBlob {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

/** The blobs at or below a path, which is taken literally, in the order of the tree. */
export function treeBlobs(gitDir: string, revision: string, path: string): TreeBlob[] {
  const lines = git(gitDir, ['--literal-pathspecs', 'ls-tree', '-r', '-z', revision, '--', path]);
  return lines
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [, mode, id, name] = /^(\d+) blob ([0-9a-f]{40})\t(.*)$/s.exec(line)!;
      return { mode: mode!, id: id!, path: name! };
    });
}

/** The contents of objects by their ids, from one run of `git cat-file`. */
export function contentsOf(gitDir: string, ids: readonly string[]): Map<string, Buffer> {
  const distinct = [...new Set(ids)];
  const output = git(gitDir, ['cat-file', '--batch'], distinct.map((id) => `${id}\n`).join(''));
  const contents = new Map<string, Buffer>();
  let at = 0;
  for (const id of distinct) {
    const end = output.indexOf('\n', at);
    const [found, , size] = output.toString('latin1', at, end).split(' ');
    if (found !== id) throw new Error(`git has no ${id}`);
    contents.set(id, output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return contents;
}

/** Every file of a version put together with Git alone: blobs as they are, parts in the order of their names. */
export function filesByGit(gitDir: string, version: string): Map<string, Buffer> {
  const document = JSON.parse(git(gitDir, ['cat-file', 'blob', `${version}:version.json`]).toString());
  const blobs = treeBlobs(gitDir, version, 'files/');
  const contents = contentsOf(
    gitDir,
    blobs.map(({ id }) => id),
  );
  const files = new Map<string, Buffer>();
  for (const { path, parts } of document.files as { path: string; parts?: string }[]) {
    const folder = `files/${path.slice(0, path.lastIndexOf('/') + 1)}`;
    const isIn = (place: string) =>
      parts === undefined ? place === `files/${path}` : place.startsWith(`${folder}${parts}/`);
    const own = blobs.filter((blob) => isIn(blob.path));
    files.set(path, Buffer.concat(own.map(({ id }) => contents.get(id)!)));
  }
  return files;
}
