import { devNull } from 'node:os';
import { join } from 'node:path';
import { bareRepository, git, gitText } from '@cairn/testkit';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { createRepository } from '../../src/repository/create.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';
import type { Programs } from '../../src/transport/programs.ts';
import { noise } from '../pack/fixture.ts';

/** Git as on a machine without any settings. */
export function programsWith(variables: Readonly<Record<string, string>> = {}): Programs {
  return {
    variables: {
      PATH: process.env.PATH!,
      HOME: devNull,
      GIT_CONFIG_GLOBAL: devNull,
      GIT_CONFIG_NOSYSTEM: '1',
      ...variables,
    },
    git: 'git',
    interactive: false,
  };
}

/** A repository of Cairn's settings that closes itself. */
export function newRepository(path: string): Repository & Disposable {
  createRepository(path);
  const repository = openRepository(path);
  return Object.assign(repository, { [Symbol.dispose]: () => repository.close() });
}

export interface PartsOptions {
  /** Seeds of the parts, one for each: parts of the same seed are the same. */
  readonly parts: readonly number[];
  /** Bytes of a part. */
  readonly size?: number;
}

const PERSON = 'T <t@example.invalid> 1700000000 +0000';
/** Above what a filter `blob:limit=64k` lets through. */
export const PART_SIZE = 100 * 1024;

/**
 * A history as Cairn writes it: an annotated tag on a commit with a folder of parts, whose parent is the branch `main` and
 * never another tag's commit. Everything goes into one pack.
 */
export function addVersion(
  gitDir: string,
  name: string,
  { parts, size = PART_SIZE }: PartsOptions,
): ObjectId {
  const hasMain = gitText(gitDir, 'for-each-ref', 'refs/heads/main') !== '';
  const pieces: (string | Buffer)[] = [
    `commit refs/heads/main\nmark :1\ncommitter ${PERSON}\ndata 4\nedit\n`,
    ...(hasMain ? ['from refs/heads/main^0\n'] : []),
    ...file('model.json', Buffer.from(`{"newest":"${name}"}`)),
    `commit refs/building\nmark :2\ncommitter ${PERSON}\ndata 3\nadd\nfrom :1\ndeleteall\n`,
    ...file('version.json', Buffer.from(JSON.stringify({ name, parts }))),
    ...parts.flatMap((seed, index) =>
      file(`files/w.parts/${String(index * size).padStart(12, '0')}`, noise(size, seed)),
    ),
    `tag ${name}\nfrom :2\ntagger ${PERSON}\ndata 7\nversion\n`,
  ];
  git(
    gitDir,
    ['-c', 'fastimport.unpackLimit=1', '-c', 'pack.compression=0', 'fast-import', '--quiet', '--force'],
    Buffer.concat(pieces.map((piece) => Buffer.from(piece))),
  );
  git(gitDir, ['update-ref', '-d', 'refs/building']);
  return gitText(gitDir, 'rev-parse', `refs/tags/${name}`) as ObjectId;
}

/** Ids of the parts of a version, as they are named. */
export function partIds(gitDir: string, name: string): ObjectId[] {
  return gitText(gitDir, 'ls-tree', '-r', '--object-only', `refs/tags/${name}^{commit}`, 'files/').split(
    '\n',
  ) as ObjectId[];
}

/** A repository with versions, and an empty one to share it through. */
export function sharedFixture(folder: string): { readonly local: string; readonly remote: string } {
  const local = join(folder, 'local.git');
  createRepository(local);
  return { local, remote: bareRepository(join(folder, 'served', 'remote.git')) };
}

/** Ids of all objects that stand in a repository, whether a ref reaches them or not. */
export function objectIdsIn(gitDir: string): string[] {
  const output = git(gitDir, [
    'cat-file',
    '--batch-check=%(objectname)',
    '--batch-all-objects',
    '--unordered',
  ]);
  return output.toString().trim().split('\n').filter(Boolean).sort();
}

/** Makes a repository a partial clone of a remote, as `git clone --filter` does. */
export function makePartial(gitDir: string, url: string): void {
  gitText(gitDir, 'config', 'core.repositoryformatversion', '1');
  gitText(gitDir, 'config', 'extensions.partialClone', 'origin');
  gitText(gitDir, 'config', 'remote.origin.url', url);
  gitText(gitDir, 'config', 'remote.origin.promisor', 'true');
  gitText(gitDir, 'config', 'remote.origin.partialclonefilter', 'blob:limit=64k');
}

function file(path: string, bytes: Buffer): (string | Buffer)[] {
  return [`M 100644 inline ${path}\ndata ${bytes.length}\n`, bytes, '\n'];
}
