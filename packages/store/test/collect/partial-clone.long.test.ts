import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { planCollection } from '../../src/collect/collect.ts';
import { dropPromised, planDrop } from '../../src/collect/drop-promised.ts';
import { ROLL_UP_FROM, rollUp } from '../../src/collect/roll-up.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';
import { importHistory, noise } from '../pack/fixture.ts';
import {
  addVersions,
  bytesIn,
  collectExactly,
  emptyRepository,
  expectVersions,
  type Files,
  filesIn,
  NOTHING,
  objectIds,
} from './fixture.ts';

const ONE = { 'files/a': noise(30_000, 1), 'files/t': 'text' };
const TWO = { 'files/a': noise(30_000, 1), 'files/b': noise(20_000, 2), 'files/u': 'more text' };

interface LazyClone extends Repository, Disposable {
  readonly origin: Repository;
}

/** A partial clone of these versions, without blobs of a kilobyte and more. */
function lazyClone(versions: Readonly<Record<string, Files>>): LazyClone {
  const origin = emptyRepository();
  addVersions(origin.gitDir, versions);
  return cloneOf(origin);
}

function cloneOf(origin: Repository & Disposable): LazyClone {
  gitText(origin.gitDir, 'config', 'uploadpack.allowFilter', 'true');
  const folder = temporaryFolder();
  const gitDir = join(folder.path, 'lazy.git');
  const url = pathToFileURL(origin.gitDir).href;
  gitText(folder.path, 'clone', '--quiet', '--mirror', '--filter=blob:limit=1k', url, gitDir);
  // Git tries a bitmap of every bare repository, which in a partial clone ends `git gc`.
  gitText(gitDir, 'config', 'repack.writeBitmaps', 'false');
  const clone = openRepository(gitDir);
  return {
    ...clone,
    origin,
    [Symbol.dispose]() {
      clone.close();
      origin[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Fetches objects as Git does when it reads them: each becomes a pack. */
function fetchEach({ gitDir, objects }: Repository, ...names: string[]): ObjectId[] {
  const ids = names.map((name) => gitText(gitDir, 'rev-parse', name) as ObjectId);
  for (const id of ids) gitText(gitDir, 'cat-file', '-e', id);
  objects.refresh();
  return ids;
}

function filesWith({ gitDir }: Repository, suffix: string): string[] {
  return readdirSync(join(gitDir, 'objects', 'pack')).filter((name) => name.endsWith(suffix));
}

/** Objects that are here, without fetching any. */
function present({ gitDir }: Repository): string[] {
  const list = ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'];
  return gitText(gitDir, ...list)
    .split('\n')
    .sort();
}

/** What Git says of it, with everything that it would fetch out of reach. */
function expectSoundOffline({ gitDir }: Repository): void {
  gitText(gitDir, 'config', 'remote.origin.url', `${gitDir}-gone`);
  fsckStrict(gitDir);
  gitText(gitDir, 'gc', '--quiet', '--prune=now');
  gitText(gitDir, 'repack', '-adq');
  fsckStrict(gitDir);
}

describe('collecting in a partial clone', () => {
  test('drops what was fetched for a version that goes, and does not miss the rest', async () => {
    using clone = lazyClone({ v1: ONE, v2: TWO });
    const [fetched] = fetchEach(clone, 'v2:files/b');
    addVersions(clone.gitDir, { own: { 'files/b': noise(5_000, 9) }, other: { 'files/c': 'new' } });
    const result = await collectExactly(clone, { removing: ['refs/tags/own', 'refs/tags/v2'] });
    // Of each its tag and commit; of the own version two trees and a file; of the fetched one the small file, the
    // large one, and the outer tree, but not the inner one, in which something is missing.
    expect(result).toMatchObject({ objects: 5 + 5 });
    expect(present(clone)).not.toContain(fetched);
    expect(await collectExactly(clone)).toEqual(NOTHING);
    expectVersions(clone.gitDir, { v1: ONE, other: { 'files/c': 'new' } });
    expectSoundOffline(clone);
  });

  test('keeps the promise of what is missing for what was made here', async () => {
    using clone = lazyClone({ v1: ONE, v2: TWO });
    const large = gitText(clone.gitDir, 'rev-parse', 'v2:files/b');
    const tree = git(clone.gitDir, ['mktree', '--missing'], `100644 blob ${large}\tb\n`).toString().trim();
    gitText(
      clone.gitDir,
      'update-ref',
      'refs/tags/own',
      gitText(clone.gitDir, 'commit-tree', '-m', 'x', tree),
    );
    fsckStrict(clone.gitDir);
    gitText(clone.gitDir, 'update-ref', '-d', 'refs/tags/v2');
    expect((await collectExactly(clone)).objects).toBeGreaterThan(0);
    expect(present(clone)).not.toContain(large);
    expectSoundOffline(clone);
  });

  test('ends where something is missing that nobody has promised, and removes nothing', async () => {
    using clone = lazyClone({ v1: ONE, v2: TWO });
    const commit = '1'.repeat(40);
    const tree = git(clone.gitDir, ['mktree', '--missing'], `100644 blob ${commit}\tb\n`).toString().trim();
    gitText(
      clone.gitDir,
      'update-ref',
      'refs/tags/own',
      gitText(clone.gitDir, 'commit-tree', '-m', 'x', tree),
    );
    clone.objects.refresh();
    const before = filesIn(clone.gitDir);
    const removing = ['refs/tags/v2'];
    const missing = { code: 'damaged', message: expect.stringContaining(commit) };
    await expect(planCollection(clone, { removing })).rejects.toMatchObject(missing);
    await expect(planCollection(clone, { graceMs: 0 })).rejects.toMatchObject(missing);
    expect(filesIn(clone.gitDir)).toEqual(before);
  });

  test('leaves what is promised in packs of its own when both kinds are written anew', async () => {
    using clone = lazyClone({ v1: ONE, v2: TWO });
    addVersions(clone.gitDir, { own: { 'files/b': noise(5_000, 9) }, other: { 'files/c': 'new' } });
    // Copies of what was fetched, among what was made here.
    const ids = present(clone).join('\n');
    const base = join(clone.gitDir, 'objects', 'pack', 'pack');
    git(clone.gitDir, ['pack-objects', '-q', base], `${ids}\n`);
    clone.objects.refresh();
    await collectExactly(clone, { removing: ['refs/tags/own', 'refs/tags/v2'] });
    expect(filesWith(clone, '.promisor')).toHaveLength(1);
    expectSoundOffline(clone);
  });

  test('goes on after Git has collected there', async () => {
    using clone = lazyClone({ v1: ONE, v2: TWO });
    fetchEach(clone, 'v2:files/b', 'v1:files/a');
    addVersions(clone.gitDir, { own: { 'files/b': noise(5_000, 9) } });
    gitText(clone.gitDir, 'gc', '--quiet', '--prune=now');
    clone.objects.refresh();
    const result = await collectExactly(clone, { removing: ['refs/tags/own', 'refs/tags/v1'] });
    expect(result.objects).toBeGreaterThanOrEqual(5 + 4);
    expectVersions(clone.gitDir, { v2: TWO });
    expectSoundOffline(clone);
  });
});

describe('rolling up in a partial clone', () => {
  test('makes one pack of those that were fetched, and leaves the others apart', async () => {
    const count = ROLL_UP_FROM + 2;
    const names = Array.from({ length: count }, (_, index) => `files/${index}`);
    const files = Object.fromEntries(names.map((name, index) => [name, noise(2_000, index)]));
    using clone = lazyClone({ v1: files });
    addVersions(clone.gitDir, { own: { 'files/own': noise(5_000, 99) } });
    fetchEach(clone, ...names.map((name) => `v1:${name}`));
    const before = present(clone);
    expect(await rollUp(clone)).toEqual({ merged: count + 1 });
    expect(present(clone)).toEqual(before);
    expect(filesWith(clone, '.promisor')).toHaveLength(1);
    expect(filesWith(clone, '.pack')).toHaveLength(2);
    expectSoundOffline(clone);
  });
});

const SMALL = 1024;

/** Drops, and checks that it does what was planned to the byte and leaves a sound repository. */
async function dropExactly(clone: LazyClone, ids: Iterable<string>) {
  const options = { ids: new Set(ids as Iterable<ObjectId>), sizeMin: SMALL };
  const files = filesIn(clone.gitDir);
  const before = { bytes: bytesIn(clone.gitDir), objects: present(clone).length };
  const planned = await planDrop(clone, options);
  expect(filesIn(clone.gitDir)).toEqual(files);
  const result = await dropPromised(clone, { ...options, timeoutMs: 0 });
  expect(result).toEqual(planned);
  expect(before.bytes - bytesIn(clone.gitDir)).toBe(result.freed);
  expect(before.objects - present(clone).length).toBe(result.objects);
  fsckStrict(clone.gitDir);
  return result;
}

describe('dropping what was fetched', () => {
  test('frees the large blobs that were asked for, to the byte, and they can be fetched again', async () => {
    using clone = lazyClone({ v1: ONE, v2: TWO });
    const fetched = fetchEach(clone, 'v1:files/a', 'v2:files/b');
    const result = await dropExactly(clone, objectIds(clone.origin.gitDir));
    expect(result).toMatchObject({ objects: 2, packsDropped: 2 });
    for (const id of fetched) expect(present(clone)).not.toContain(id);
    expectVersions(clone.gitDir, { v1: ONE, v2: TWO });
    expectSoundOffline(clone);
  });

  test('leaves trees, commits, small files and all that was not asked for', async () => {
    using clone = lazyClone({ v1: ONE, v2: TWO });
    const before = present(clone);
    const [first, second] = fetchEach(clone, 'v1:files/a', 'v2:files/b');
    await dropExactly(clone, [first!, ...before]);
    expect(present(clone)).toEqual([...before, second!].sort());
    expectSoundOffline(clone);
  });

  test('takes blobs out of a pack that has other objects too, with deltas between them', async () => {
    const origin = emptyRepository();
    importHistory(origin.gitDir, 12);
    gitText(origin.gitDir, 'repack', '-adfq', '--depth=50', '--window=50');
    using clone = cloneOf(origin);
    fetchEach(clone, ...Array.from({ length: 12 }, (_, index) => `v${index + 1}:text.txt`));
    gitText(clone.gitDir, 'repack', '-adq');
    clone.objects.refresh();
    const ids = [2, 4, 6, 8].map((number) => gitText(clone.gitDir, 'rev-parse', `v${number}:text.txt`));
    const before = present(clone);
    const { packsRewritten } = await dropExactly(clone, ids);
    const gone = before.filter((id) => !present(clone).includes(id));
    expect(gone).toEqual(packsRewritten === 0 ? [] : ids.toSorted());
    expectSoundOffline(clone);
  });

  test('leaves what was made here, also where it was fetched too', async () => {
    using clone = lazyClone({ v1: ONE });
    addVersions(clone.gitDir, { own: ONE, other: { 'files/c': noise(9_000, 9) } });
    const before = present(clone);
    expect(await dropExactly(clone, before)).toEqual(NOTHING);
    expect(present(clone)).toEqual(before);
  });

  test('leaves what nothing that was fetched refers to', async () => {
    using clone = lazyClone({ v1: ONE, v2: { 'files/b': noise(20_000, 2) } });
    const [id] = fetchEach(clone, 'v2:files/b');
    const tree = git(clone.gitDir, ['mktree'], `100644 blob ${id}\tother\n`).toString().trim();
    gitText(
      clone.gitDir,
      'update-ref',
      'refs/tags/own',
      gitText(clone.gitDir, 'commit-tree', '-m', 'x', tree),
    );
    // The tree of v2 goes: all that it names is here.
    await collectExactly(clone, { removing: ['refs/tags/v2'] });
    expect(await dropExactly(clone, [id!])).toEqual(NOTHING);
    expectSoundOffline(clone);
  });

  test('does nothing in a repository that is no partial clone', async () => {
    using repository = emptyRepository();
    addVersions(repository.gitDir, { v1: ONE });
    const options = { ids: new Set(objectIds(repository.gitDir) as ObjectId[]), sizeMin: 0 };
    expect(await dropPromised(repository, { ...options, timeoutMs: 0 })).toEqual(NOTHING);
  });

  test('waits for writers, and says who is at work', async () => {
    using clone = lazyClone({ v1: ONE });
    const { acquireLease } = await import('../../src/files/lease.ts');
    const lease = await acquireLease(join(clone.gitDir, 'cairn'), { purpose: 'write', timeoutMs: 0 });
    const dropping = dropPromised(clone, { ids: new Set(), sizeMin: 0, timeoutMs: 0 });
    await expect(dropping).rejects.toMatchObject({ code: 'locked' });
    lease.release();
  });
});
