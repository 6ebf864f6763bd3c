import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { collectGarbage, planCollection } from '../../src/collect/collect.ts';
import { openRepository } from '../../src/repository/open.ts';
import { damageByte, importHistory, noise, onlyPack } from '../pack/fixture.ts';
import {
  AT_ONCE,
  addCommit,
  addVersions,
  collectExactly,
  deleteTag,
  emptyRepository,
  expectVersions,
  filesIn,
  HOUR_MS,
  makeOld,
  NOTHING,
  objectIds,
  reachableIds,
} from './fixture.ts';

const ONE = { 'files/a': noise(30_000, 1), 'files/t': 'text' };
const TWO = { 'files/a': noise(30_000, 1), 'files/b': noise(20_000, 2) };

/** A history of which every other version goes; all of them are deltas of each other. */
function importAndForget(gitDir: string): void {
  importHistory(gitDir, 12);
  gitText(gitDir, 'update-ref', '-d', 'refs/heads/main');
  // Without parents, so that a version that goes leaves something behind.
  for (let number = 1; number <= 12; number++) {
    const commit = gitText(gitDir, 'commit-tree', '-m', `${number}`, `v${number}^{tree}`);
    gitText(gitDir, 'update-ref', `refs/tags/v${number}`, commit);
  }
  gitText(gitDir, 'gc', '--quiet', '--prune=now');
}

describe('packs with deltas', () => {
  test.each([
    ['repacked', [['repack', '-adfq', '--depth=50', '--window=50']]],
    ['repacked with bases by id', [['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq']]],
    ['collected aggressively', [['gc', '--aggressive', '--quiet', '--prune=now']]],
    ['geometrically repacked', [['repack', '-dq', '--geometric=2']]],
    [
      'repacked with a reverse index and a bitmap',
      [['-c', 'pack.writeReverseIndex=true', 'repack', '-adbfq']],
    ],
  ])('%s are taken apart', async (_, commands) => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    importAndForget(gitDir);
    for (const command of commands) gitText(gitDir, ...command);
    const removing = [1, 3, 5, 7, 9, 11].map((number) => `refs/tags/v${number}`);
    const result = await collectExactly(repository, { removing });
    expect(result.objects).toBeGreaterThanOrEqual(18);
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
    expect(gitText(gitDir, 'show', 'v12:text.txt').split('\n')).toHaveLength(112);
  });

  test('grow when versions are deleted from them, but not to be rid of other garbage', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    const text = (end: string) => `${noise(40_000, 7).toString('base64')}${end}`;
    const versions = Object.fromEntries(['', ...'abcdef'].map((end) => [`v${end}`, { t: text(end) }]));
    addVersions(gitDir, versions);
    gitText(gitDir, 'repack', '-adfq', '--depth=1', '--window=50');
    const pack = onlyPack(join(gitDir, 'objects', 'pack'));
    const list = gitText(gitDir, 'verify-pack', '-v', `${pack}.idx`).split('\n');
    const bases = list
      .filter((line) => line.includes(' blob '))
      .flatMap((line) => line.split(/\s+/)[6] ?? []);
    expect(new Set(bases).size).toBe(1);
    const base = Object.keys(versions).find(
      (name) => gitText(gitDir, 'rev-parse', `${name}:t`) === bases[0],
    )!;
    const id = gitText(gitDir, 'rev-parse', base);
    deleteTag(gitDir, base);
    expect(await collectExactly(repository)).toEqual(NOTHING);
    gitText(gitDir, 'update-ref', `refs/tags/${base}`, id);
    const result = await collectExactly(repository, { removing: [`refs/tags/${base}`] });
    expect(result).toMatchObject({ objects: 4, packsRewritten: 1 });
    expect(result.freed).toBeLessThan(-100_000);
    const { [base]: _, ...others } = versions;
    expectVersions(gitDir, others);
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  });
});

describe('cruft packs', () => {
  test('of what no ref leads to are dropped once they are old', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    deleteTag(gitDir, 'v2');
    gitText(gitDir, 'gc', '--quiet', '--cruft', '--prune=2.weeks.ago');
    const mtimes = () =>
      readdirSync(join(gitDir, 'objects', 'pack')).filter((name) => name.endsWith('.mtimes'));
    expect(mtimes()).toHaveLength(1);
    expect(await collectExactly(repository, { graceMs: HOUR_MS })).toEqual(NOTHING);
    makeOld(join(gitDir, 'objects'));
    expect(await collectExactly(repository, { graceMs: HOUR_MS })).toMatchObject({ packsDropped: 1 });
    expect(mtimes()).toEqual([]);
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  });

  test('give back what a ref leads to again', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const commit = gitText(gitDir, 'rev-parse', 'v2^{commit}');
    deleteTag(gitDir, 'v2');
    gitText(gitDir, 'gc', '--quiet', '--cruft', '--prune=2.weeks.ago');
    gitText(gitDir, 'update-ref', 'refs/heads/back', commit);
    makeOld(join(gitDir, 'objects'));
    expect(await collectExactly(repository, { graceMs: HOUR_MS })).toMatchObject({
      packsRewritten: 1,
      objects: 1,
    });
    expectVersions(gitDir, { back: TWO });
  });
});

describe('what Git computes from packs and commits', () => {
  test('goes before what it is about: multi-pack index, commit graph, list of packs', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    addVersions(gitDir, { v2: TWO });
    gitText(gitDir, 'multi-pack-index', 'write', '--bitmap');
    gitText(gitDir, 'commit-graph', 'write', '--reachable', '--split');
    gitText(gitDir, 'update-server-info');
    const objects = join(gitDir, 'objects');
    const derived = [join('pack', 'multi-pack-index'), join('info', 'commit-graphs'), join('info', 'packs')];
    for (const name of derived) expect(existsSync(join(objects, name))).toBe(true);
    expect(await collectExactly(repository)).toEqual(NOTHING);
    fsckStrict(gitDir);
    const result = await collectExactly(repository, { removing: ['refs/tags/v2'] });
    expect(result.packsDropped + result.packsRewritten).toBe(1);
    expect(readdirSync(join(objects, 'pack')).filter((name) => name.startsWith('multi'))).toEqual([]);
    expect(readdirSync(join(objects, 'info', 'commit-graphs'))).toEqual([]);
    expect(existsSync(join(objects, 'info', 'packs'))).toBe(false);
    expectVersions(gitDir, { v1: ONE });
  });

  test('goes when loose commits do', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    const commit = gitText(gitDir, 'commit-tree', '-m', 'loose', 'v1^{tree}');
    gitText(gitDir, 'update-ref', 'refs/heads/x', commit);
    gitText(gitDir, 'commit-graph', 'write', '--reachable');
    const result = await collectExactly(repository, { removing: ['refs/heads/x'] });
    expect(result).toMatchObject({ objects: 1, looseDropped: 1, packsDropped: 0 });
    expect(existsSync(join(gitDir, 'objects', 'info', 'commit-graph'))).toBe(false);
  });
});

describe('copies', () => {
  test('of one object in several packs all go with it, and one is left of what is needed', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const base = join(gitDir, 'objects', 'pack', 'pack');
    git(gitDir, ['pack-objects', '-q', base], `${reachableIds(gitDir, 'v1').join('\n')}\n`);
    git(gitDir, ['pack-objects', '-q', base], `${reachableIds(gitDir, 'v2').join('\n')}\n`);
    const own = reachableIds(gitDir, 'v2').length - 1;
    const result = await collectExactly(repository, { removing: ['refs/tags/v2'] });
    // The pack with v1 alone stays; all that the others have of v1 is in there.
    expect(result).toMatchObject({ objects: own, packsDropped: 2, packsRewritten: 0 });
    expectVersions(gitDir, { v1: ONE });
  });

  test('are dropped when a pack is nothing but copies', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const base = join(gitDir, 'objects', 'pack', 'pack');
    git(gitDir, ['pack-objects', '-q', base], `${reachableIds(gitDir, 'v1').join('\n')}\n`);
    expect(await collectExactly(repository, { graceMs: HOUR_MS })).toEqual(NOTHING);
    expect(await collectExactly(repository)).toMatchObject({ packsDropped: 1, objects: 0 });
    expectVersions(gitDir, { v1: ONE, v2: TWO });
  });

  test.each([
    ['stays', ['refs/tags/v2']],
    ['is written anew', ['refs/tags/v2', 'refs/tags/v3']],
  ])('are kept when the other one is damaged, in a pack that %s', async (_, removing) => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: { c: '2' }, v3: { c: '3' } });
    const folder = join(gitDir, 'objects', 'pack');
    const old = onlyPack(folder);
    const paths = ['v2', 'v3'].map((other) => {
      const ids = reachableIds(gitDir, 'v1', other).join('\n');
      const name = git(gitDir, ['pack-objects', '-q', '--compression=0', join(folder, 'pack')], `${ids}\n`);
      return join(folder, `pack-${name.toString().trim()}.pack`);
    });
    for (const suffix of ['pack', 'idx']) rmSync(`${old}.${suffix}`);
    // Of two packs with something to remove, the first by name is the one that is written anew.
    const damaged = removing.length === 1 ? paths[1]! : paths.toSorted()[0]!;
    damageByte(damaged, readFileSync(damaged).indexOf(ONE['files/a'].subarray(0, 64)) + 32);
    repository.objects.refresh();
    const before = filesIn(gitDir);
    expect(await planCollection(repository, { removing })).toMatchObject({ packsDropped: 1 });
    const collecting = collectGarbage(repository, { ...AT_ONCE, removing });
    await expect(collecting).rejects.toMatchObject({ code: 'damaged' });
    expect(filesIn(gitDir)).toEqual(before);
  });
});

describe('packs that are not to be touched', () => {
  test('keep everything in them, because of a .keep file', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    addVersions(gitDir, { v2: TWO });
    gitText(gitDir, 'repack', '-adq');
    writeFileSync(`${onlyPack(join(gitDir, 'objects', 'pack'))}.keep`, '');
    addVersions(gitDir, { v3: TWO });
    const result = await collectExactly(repository, { removing: ['refs/tags/v2', 'refs/tags/v3'] });
    // The rest of v3 is in the kept pack too.
    expect(result).toMatchObject({ objects: 2, packsDropped: 1, packsRewritten: 0 });
    expect(await collectExactly(repository)).toEqual(NOTHING);
  });
});

describe('a repository without all objects', () => {
  test('that is shallow stays so, and forgets the commits that go', async () => {
    using origin = emptyRepository();
    addCommit(origin.gitDir, 'main', ONE);
    addCommit(origin.gitDir, 'main', TWO);
    gitText(origin.gitDir, 'update-ref', 'refs/heads/side', 'main~1');
    addCommit(origin.gitDir, 'side', { t: '1' });
    using folder = temporaryFolder();
    const gitDir = join(folder.path, 'shallow.git');
    const url = pathToFileURL(origin.gitDir).href;
    gitText(folder.path, 'clone', '--quiet', '--mirror', '--depth=1', '--no-single-branch', url, gitDir);
    const clone = openRepository(gitDir);
    expect(readFileSync(join(gitDir, 'shallow'), 'utf8').trim().split('\n')).toHaveLength(2);
    expect(await collectExactly(clone)).toEqual(NOTHING);
    await collectExactly(clone, { removing: ['refs/heads/side'] });
    expect(readFileSync(join(gitDir, 'shallow'), 'utf8').trim()).toBe(gitText(gitDir, 'rev-parse', 'main'));
    expectVersions(gitDir, { main: TWO });
    await collectExactly(clone, { removing: ['refs/heads/main'] });
    expect(existsSync(join(gitDir, 'shallow'))).toBe(false);
    clone.close();
  });

  test('because of a submodule does not miss it', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    const tree = git(gitDir, ['mktree', '--missing'], `160000 commit ${'1'.repeat(40)}\tsub\n`)
      .toString()
      .trim();
    gitText(gitDir, 'update-ref', 'refs/heads/main', gitText(gitDir, 'commit-tree', '-m', 'x', tree));
    expect(await planCollection(repository, { graceMs: 0 })).toEqual(NOTHING);
  });
});
