import * as files from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { ObjectId } from '../../objects/object-id.ts';
import type { Repository } from '../../repository/open.ts';
import { createSeam } from '../../repository/seam.ts';
import type { Staging } from '../staging.ts';

type Files = Pick<
  typeof files,
  | 'readFile'
  | 'writeFile'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'stat'
  | 'lstat'
  | 'readdir'
  | 'readlink'
  | 'symlink'
>;

/**
 * The file system for isomorphic-git in a staging: the disk, with the objects of a repository as loose files in it. A pack
 * that has arrived goes by `checkPack`, which may throw: it is written before it is unpacked.
 */
export function libraryFiles(
  staging: Staging,
  repository: Repository,
  checkPack: (pack: Buffer) => void = () => {},
): { readonly promises: Files } {
  const seam = createSeam(repository);
  /** Of an object that the repository has, as the seam calls it; null for any other path. */
  const borrowed = (path: string): string | null => {
    const name = relative(staging.gitDir, path).replaceAll(sep, '/');
    const [, start, rest] = OBJECT.exec(name) ?? [];
    return start !== undefined && repository.objects.has((start + rest) as ObjectId)
      ? `${seam.gitdir}/${name}`
      : null;
  };
  // Each gives a promise whatever it is given: isomorphic-git finds out by a call without a path what it has before it.
  const reading = <F extends 'readFile' | 'stat' | 'lstat'>(name: F) =>
    (async (path: string, ...rest: unknown[]) => {
      const place = borrowed(path);
      const source = place === null ? files : seam.fs.promises;
      return (source[name] as (...args: unknown[]) => unknown)(place ?? path, ...rest);
    }) as unknown as Files[F];
  const writeFile = (async (path: string, content: Buffer, ...rest: unknown[]) => {
    if (path.endsWith('.pack')) checkPack(content);
    return (files.writeFile as (...args: unknown[]) => unknown)(path, content, ...rest);
  }) as unknown as Files['writeFile'];
  return {
    promises: {
      ...files,
      writeFile,
      readFile: reading('readFile'),
      stat: reading('stat'),
      lstat: reading('lstat'),
    },
  };
}

const OBJECT = /^objects\/([0-9a-f]{2})\/([0-9a-f]{38})$/;
