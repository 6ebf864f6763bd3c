import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import { expect } from 'vitest';
import { type CollectOptions, collectGarbage, planCollection } from '../../src/collect/collect.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';

export const AT_ONCE = { graceMs: 0, timeoutMs: 0 };
export const HOUR_MS = 3_600_000;

/** An empty bare repository of the real Git, opened; closed and removed in the end. */
export function emptyRepository(): Repository & Disposable {
  const folder = temporaryFolder();
  const gitDir = join(folder.path, 'model.git');
  gitText(folder.path, 'init', '--quiet', '--bare', '--initial-branch=main', gitDir);
  const repository = openRepository(gitDir);
  return {
    ...repository,
    [Symbol.dispose]() {
      repository.close();
      folder[Symbol.dispose]();
    },
  };
}

/** The files of a version by their paths. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** Adds versions as Cairn does, each an annotated tag on a commit of its own, in one pack of the real Git. */
export function addVersions(gitDir: string, versions: Readonly<Record<string, Files>>): void {
  const names = Object.keys(versions);
  const script = names.flatMap((name, index) => [
    ...commitScript(`refs/cairn-test/${name}`, index + 1, versions[name]!),
    `tag ${name}\nfrom :${index + 1}\ntagger ${PERSON}\n${data(name)}`,
    `reset refs/cairn-test/${name}\nfrom ${'0'.repeat(40)}\n\n`,
  ]);
  fastImport(gitDir, script);
}

/** Commits on top of a branch. */
export function addCommit(gitDir: string, branch: string, files: Files): void {
  const found = gitText(gitDir, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
  fastImport(gitDir, commitScript(`refs/heads/${branch}`, 1, files, found === '' ? [] : [found]));
}

const PERSON = 'T <t@example.invalid> 1000 +0000';

export function commitScript(
  ref: string,
  mark: number,
  files: Files,
  parents: readonly string[] = [],
): (string | Buffer)[] {
  const [first, ...others] = parents;
  return [
    `commit ${ref}\nmark :${mark}\ncommitter ${PERSON}\n${data(`commit ${mark} of ${ref}`)}`,
    first === undefined ? '' : `from ${first}\n`,
    ...others.map((parent) => `merge ${parent}\n`),
    'deleteall\n',
    ...Object.entries(files).flatMap(([path, content]) => [
      `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n`,
      content,
      '\n',
    ]),
  ];
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

export function fastImport(gitDir: string, script: readonly (string | Buffer)[]): void {
  const bytes = Buffer.concat(script.map((piece) => Buffer.from(piece)));
  git(gitDir, ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet', '--force'], bytes);
}

export function deleteTag(gitDir: string, name: string): void {
  gitText(gitDir, 'update-ref', '-d', `refs/tags/${name}`);
}

/** Bytes of all files, except what Cairn keeps for itself. */
export function bytesIn(gitDir: string): number {
  let size = 0;
  for (const entry of readdirSync(gitDir, { withFileTypes: true, recursive: true })) {
    const isOwn = entry.parentPath.startsWith(join(gitDir, 'cairn'));
    if (entry.isFile() && !isOwn) size += statSync(join(entry.parentPath, entry.name)).size;
  }
  return size;
}

/** Everything below `objects` as it is: names and content. */
export function filesIn(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path, readFileSync(path, 'latin1'));
  }
  return files;
}

/** Every object that is there, by Git. */
export function objectIds(gitDir: string): string[] {
  return lines(
    gitText(gitDir, 'cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'),
  ).sort();
}

/** Every object that some refs lead to, or all of them and HEAD, by Git. */
export function reachableIds(gitDir: string, ...refs: string[]): string[] {
  const from = refs.length > 0 ? refs : ['--all', '--ignore-missing', 'HEAD'];
  return [...new Set(lines(gitText(gitDir, 'rev-list', '--objects', '--no-object-names', ...from)))].sort();
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** Lets everything in a folder look as if it had been written a while ago. */
export function makeOld(path: string, ageMs = 2 * HOUR_MS): void {
  const time = new Date(Date.now() - ageMs);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) makeOld(join(path, name), ageMs);
  utimesSync(path, time, time);
}

/** Collects, and checks that it does what was planned to the byte and leaves a sound repository. */
export async function collectExactly(
  repository: Repository,
  options: Partial<CollectOptions> = {},
): Promise<Awaited<ReturnType<typeof collectGarbage>>> {
  const { gitDir } = repository;
  const whole = { ...AT_ONCE, ...options };
  const files = filesIn(gitDir);
  const before = { bytes: bytesIn(gitDir), objects: objectIds(gitDir).length };
  const planned = await planCollection(repository, whole);
  expect(filesIn(gitDir)).toEqual(files);
  const result = await collectGarbage(repository, whole);
  expect(result).toEqual(planned);
  expect(before.bytes - bytesIn(gitDir)).toBe(result.freed);
  expect(before.objects - objectIds(gitDir).length).toBe(result.objects);
  fsckStrict(gitDir);
  expect(readdirSync(join(gitDir, 'cairn'), { recursive: true })).toEqual(['leases']);
  return result;
}

/** What each of some versions holds, as Git reads it. */
export function expectVersions(gitDir: string, versions: Readonly<Record<string, Files>>): void {
  for (const [name, files] of Object.entries(versions)) {
    for (const [path, content] of Object.entries(files)) {
      expect(git(gitDir, ['cat-file', 'blob', `${name}:${path}`]).equals(Buffer.from(content))).toBe(true);
    }
  }
}

export const NOTHING = {
  freed: 0,
  objects: 0,
  packsDropped: 0,
  packsRewritten: 0,
  looseDropped: 0,
  leftovers: 0,
};
