import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { collectGarbage, planCollection } from '../../src/collect/collect.ts';
import { acquireLease, listLeases } from '../../src/files/lease.ts';
import { hashObject, type ObjectId } from '../../src/objects/object-id.ts';
import type { ObjectStore } from '../../src/pack/object-store.ts';
import { readRef } from '../../src/refs/ref-store.ts';
import type { Repository } from '../../src/repository/open.ts';
import { crash, startHolder } from '../files/holder.ts';
import { damageByte, noise, onlyPack } from '../pack/fixture.ts';
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

const SHARED = noise(30_000, 1);
const ONE = { 'files/a.parts/000000000000': SHARED, 'files/config.json': '{"v":1}' };
const TWO = { 'files/a.parts/000000000000': SHARED, 'files/a.parts/000000010000': noise(20_000, 2) };
const THREE = { 'files/b': noise(10_000, 3), 'files/config.json': '{"v":1}' };

function packs(gitDir: string): string[] {
  return readdirSync(join(gitDir, 'objects', 'pack')).filter((name) => name.endsWith('.pack'));
}

describe('deleting versions', () => {
  test('frees exactly what no other version shares', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO, v3: THREE });
    const needed = new Set(reachableIds(gitDir, 'v1', 'v3'));
    const own = reachableIds(gitDir, 'v2').filter((id) => !needed.has(id));
    const result = await collectExactly(repository, { removing: ['refs/tags/v2'], graceMs: HOUR_MS });
    expect(result).toMatchObject({ objects: own.length, packsRewritten: 1, packsDropped: 0 });
    expect(result.freed).toBeGreaterThan(20_000);
    expect(result.freed).toBeLessThan(21_000);
    expect(gitText(gitDir, 'tag')).toBe('v1\nv3');
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
    expectVersions(gitDir, { v1: ONE, v3: THREE });
  });

  test('drops whole packs that only they used, however young', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    addVersions(gitDir, { v3: { 'files/b': noise(10_000, 3) } });
    const result = await collectExactly(repository, { removing: ['refs/tags/v3'], graceMs: HOUR_MS });
    expect(result).toMatchObject({ packsDropped: 1, packsRewritten: 0 });
    expect(packs(gitDir)).toHaveLength(1);
  });

  test('of a ref that is packed counts its line in packed-refs', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO, v3: THREE });
    gitText(gitDir, 'pack-refs', '--all');
    await collectExactly(repository, { removing: ['refs/tags/v1', 'refs/tags/v3'] });
    expect(gitText(gitDir, 'tag')).toBe('v2');
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  });

  test('leaves alone what no ref leads to already', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO, v3: THREE });
    const lost = objectIds(gitDir).filter(
      (id) => id === hashObject('blob', TWO['files/a.parts/000000010000']),
    );
    deleteTag(gitDir, 'v2');
    makeOld(join(gitDir, 'objects'));
    await collectExactly(repository, { removing: ['refs/tags/v3'] });
    expect(objectIds(gitDir)).toEqual(expect.arrayContaining(lost));
    await collectExactly(repository);
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  });

  test('of the last version leaves no object', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    await collectExactly(repository, { removing: ['refs/tags/v1'] });
    expect(objectIds(gitDir)).toEqual([]);
    expect(packs(gitDir)).toEqual([]);
  });

  test('keeps what a branch, a note, a detached HEAD or a second tag still leads to', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO, v3: THREE });
    gitText(gitDir, 'update-ref', 'refs/notes/x', 'refs/tags/v1');
    gitText(gitDir, 'update-ref', '--no-deref', 'HEAD', 'v2^{commit}');
    gitText(gitDir, 'update-ref', 'refs/heads/other', 'v3^{commit}');
    const removing = ['refs/tags/v1', 'refs/tags/v2', 'refs/tags/v3'];
    // Of v1 the note keeps the tag too; of the others the tag alone goes.
    expect(await collectExactly(repository, { removing })).toMatchObject({ objects: 2 });
    expectVersions(gitDir, { 'refs/notes/x': ONE, HEAD: TWO, other: THREE });
  });

  test('fails for a ref that is not there, and changes nothing', async () => {
    using repository = emptyRepository();
    addVersions(repository.gitDir, { v1: ONE });
    const before = filesIn(repository.gitDir);
    for (const name of ['refs/tags/v2', 'HEAD', 'refs/tags/../v1']) {
      const removing = ['refs/tags/v1', name];
      await expect(planCollection(repository, { removing })).rejects.toMatchObject({ code: 'not-found' });
      await expect(collectGarbage(repository, { ...AT_ONCE, removing })).rejects.toMatchObject({
        code: 'not-found',
      });
    }
    expect(filesIn(repository.gitDir)).toEqual(before);
  });

  test('works for a version that is damaged, as long as the others are whole', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    addVersions(gitDir, { v3: { 'files/b': noise(10_000, 3) } });
    const tree = gitText(gitDir, 'mktree', '--missing').trim();
    const broken = gitText(gitDir, 'commit-tree', '-m', 'broken', tree);
    gitText(gitDir, 'update-ref', 'refs/tags/broken', broken);
    rmSync(join(gitDir, 'objects', tree.slice(0, 2)), { recursive: true });
    repository.objects.refresh();
    await expect(
      collectGarbage(repository, { ...AT_ONCE, removing: ['refs/tags/v3'] }),
    ).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(tree),
      data: { id: tree },
    });
    expect(gitText(gitDir, 'tag')).toBe('broken\nv1\nv3');
    await collectGarbage(repository, { ...AT_ONCE, removing: ['refs/tags/broken'] });
    fsckStrict(gitDir);
    expectVersions(gitDir, { v1: ONE });
  });

  test('waits for a push of Git to end', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    const quarantine = join(gitDir, 'objects', 'tmp_objdir-incoming-AbCdEf');
    mkdirSync(quarantine);
    const removing = ['refs/tags/v1'];
    const pushed = { ...AT_ONCE, removing, graceMs: HOUR_MS };
    await expect(collectGarbage(repository, pushed)).rejects.toMatchObject({ code: 'locked' });
    expect(gitText(gitDir, 'tag')).toBe('v1');
    makeOld(quarantine);
    await collectExactly(repository, { removing, graceMs: HOUR_MS });
  });
});

describe('collecting garbage', () => {
  test('drops everything that no ref leads to, and nothing else', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO, v3: THREE });
    addVersions(gitDir, { v4: { 'files/c': noise(5_000, 4) } });
    git(gitDir, ['hash-object', '-w', '--stdin'], 'loose');
    deleteTag(gitDir, 'v2');
    deleteTag(gitDir, 'v4');
    const result = await collectExactly(repository);
    expect(result).toMatchObject({ packsDropped: 1, packsRewritten: 1, looseDropped: 1 });
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
    expectVersions(gitDir, { v1: ONE, v3: THREE });
    expect(await collectExactly(repository)).toEqual(NOTHING);
  });

  test('of an empty repository does nothing', async () => {
    using repository = emptyRepository();
    expect(await collectExactly(repository)).toEqual(NOTHING);
  });

  test('touches nothing young, nor what it leads to', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    git(gitDir, ['hash-object', '-w', '--stdin'], 'old and loose');
    writeFileSync(join(gitDir, 'objects', 'pack', 'tmp_pack_AbCdEf'), 'old');
    makeOld(join(gitDir, 'objects'));
    // A commit that nothing leads to, on the old tree of a version that goes.
    gitText(gitDir, 'commit-tree', '-m', 'young', 'v2^{tree}');
    addVersions(gitDir, { v3: THREE });
    writeFileSync(join(gitDir, 'objects', 'pack', 'tmp_pack_UvWxYz'), 'young');
    deleteTag(gitDir, 'v2');
    deleteTag(gitDir, 'v3');
    const result = await collectExactly(repository, { graceMs: HOUR_MS });
    // The tag, the commit, the loose object.
    expect(result).toMatchObject({ objects: 3, packsRewritten: 1, looseDropped: 1, leftovers: 1 });
    expectVersions(gitDir, { v1: ONE });
    const now = new Date(Date.now() + 2 * HOUR_MS);
    await collectExactly(repository, { graceMs: HOUR_MS, now });
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  });

  test('gives a pack that is written anew the age of the old one', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO, v3: THREE });
    makeOld(join(gitDir, 'objects'));
    deleteTag(gitDir, 'v2');
    await collectExactly(repository, { graceMs: HOUR_MS });
    deleteTag(gitDir, 'v3');
    expect(await collectExactly(repository, { graceMs: HOUR_MS })).toMatchObject({ packsRewritten: 1 });
  });

  test('keeps what a reflog names, as Git does', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    gitText(gitDir, 'config', 'core.logAllRefUpdates', 'always');
    addVersions(gitDir, { v1: ONE });
    addVersions(gitDir, { v2: TWO });
    gitText(gitDir, 'update-ref', 'refs/heads/main', 'v1^{commit}');
    gitText(gitDir, 'update-ref', 'refs/heads/main', 'v2^{commit}');
    const removing = ['refs/tags/v1'];
    expect(await collectExactly(repository, { removing })).toMatchObject({ objects: 1 });
    expectVersions(gitDir, { 'main@{1}': ONE });
    gitText(gitDir, 'reflog', 'expire', '--expire=now', '--all');
    await collectExactly(repository);
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  });

  test('takes the reflog of a deleted ref along', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    gitText(gitDir, 'config', 'core.logAllRefUpdates', 'always');
    addVersions(gitDir, { v1: ONE, v2: TWO });
    gitText(gitDir, 'update-ref', 'refs/heads/a/b', 'v1^{commit}');
    await collectExactly(repository, { removing: ['refs/heads/a/b', 'refs/tags/v1'] });
    expect(existsSync(join(gitDir, 'logs', 'refs', 'heads', 'a', 'b'))).toBe(false);
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  });

  test('refuses while a working tree hangs on the repository', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addCommit(gitDir, 'main', ONE);
    const workTree = join(gitDir, '..', 'tree');
    gitText(gitDir, 'worktree', 'add', '--quiet', '--detach', workTree, 'main');
    await expect(planCollection(repository)).rejects.toMatchObject({ code: 'unsupported' });
    gitText(gitDir, 'worktree', 'remove', workTree);
    await collectExactly(repository);
    writeFileSync(join(gitDir, 'index'), '');
    await expect(collectGarbage(repository, AT_ONCE)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('can be followed and cancelled', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    deleteTag(gitDir, 'v2');
    const controller = new AbortController();
    const seen: unknown[] = [];
    const onProgress = (progress: unknown) => {
      seen.push(progress);
      controller.abort();
    };
    const cancelled = collectGarbage(repository, { ...AT_ONCE, onProgress, signal: controller.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toEqual([{ phase: 'removing', done: expect.any(Number), total: expect.any(Number) }]);
    fsckStrict(gitDir);
    expectVersions(gitDir, { v1: ONE });
    expect(listLeases(join(gitDir, 'cairn'))).toEqual([]);
  });
});

describe('what happens in between', () => {
  /** Does something when the first object is read. */
  function interrupted(repository: Repository, happen: () => void): Repository {
    let isOver = false;
    const objects: ObjectStore = Object.create(repository.objects, {
      readSync: {
        value: (id: ObjectId) => {
          if (!isOver) happen();
          isOver = true;
          return repository.objects.readSync(id);
        },
      },
      ...Object.fromEntries(
        (['refresh', 'packs', 'sizeOf'] as const).map((name) => [
          name,
          { value: (repository.objects[name] as () => unknown).bind(repository.objects) },
        ]),
      ),
    });
    return { ...repository, objects };
  }

  test('a new ref on what was to go keeps it', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const pushed = interrupted(repository, () =>
      gitText(gitDir, 'update-ref', 'refs/heads/x', 'v2^{commit}'),
    );
    const result = await collectGarbage(pushed, { ...AT_ONCE, removing: ['refs/tags/v2'] });
    expect(result).toMatchObject({ objects: 1 });
    expectVersions(gitDir, { v1: ONE, x: TWO });
    fsckStrict(gitDir);
  });

  test('a move of the ref that was to go stops everything', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const all = objectIds(gitDir);
    const moved = interrupted(repository, () => gitText(gitDir, 'update-ref', 'refs/tags/v2', 'v1'));
    await expect(collectGarbage(moved, { ...AT_ONCE, removing: ['refs/tags/v2'] })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(objectIds(gitDir)).toEqual(all);
  });

  test('a repacking by Git leads to another plan', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const repacked = interrupted(repository, () => gitText(gitDir, 'repack', '-adfq', '--window=0'));
    const result = await collectGarbage(repacked, { ...AT_ONCE, removing: ['refs/tags/v2'] });
    expect(result).toMatchObject({ packsRewritten: 1 });
    expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
    expectVersions(gitDir, { v1: ONE });
  });
});

describe('a writer', () => {
  test('that is at work lets nothing be deleted', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const before = filesIn(gitDir);
    const lease = await acquireLease(join(gitDir, 'cairn'), { timeoutMs: 0, purpose: 'add v3' });
    const collecting = collectGarbage(repository, { ...AT_ONCE, timeoutMs: 3, removing: ['refs/tags/v2'] });
    await expect(collecting).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('add v3'),
    });
    lease.release();
    expect(filesIn(gitDir)).toEqual(before);
    await collectExactly(repository, { removing: ['refs/tags/v2'] });
  });

  test('that died holds up nobody, and what it left is swept whatever its age', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    await crash(await startHolder('lease', join(gitDir, 'cairn')));
    const left = [
      'tmp_pack_0123456789ab0123456789abcdef',
      'tmp_pack_0123456789abcdef',
      'tmp_0123456789abcdef',
    ];
    for (const name of left) writeFileSync(join(gitDir, 'objects', 'pack', name), 'half a pack');
    // Git's own, which may be at work.
    writeFileSync(join(gitDir, 'objects', 'pack', 'tmp_pack_AbCdEf'), 'half a pack');
    const result = await collectExactly(repository, { graceMs: HOUR_MS });
    expect(result).toEqual({ ...NOTHING, freed: 33, leftovers: 3 });
  });

  test('that may be alive keeps its temporary files in the plan', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    writeFileSync(join(gitDir, 'objects', 'pack', 'tmp_pack_0123456789abcdef'), 'half a pack');
    const lease = await acquireLease(join(gitDir, 'cairn'), { timeoutMs: 0, purpose: 'add' });
    expect(await planCollection(repository, { graceMs: HOUR_MS })).toEqual(NOTHING);
    lease.release();
    expect(await planCollection(repository, { graceMs: HOUR_MS })).toMatchObject({ leftovers: 1 });
  });
});

describe('leftovers', () => {
  test('of every kind are swept once they are old', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const objects = join(gitDir, 'objects');
    const stray = `pack-${'0'.repeat(40)}`;
    mkdirSync(join(objects, 'tmp_objdir-incoming-AbCdEf', 'pack'), { recursive: true });
    mkdirSync(join(objects, '00'), { recursive: true });
    const left = [
      join('tmp_objdir-incoming-AbCdEf', 'pack', 'tmp_pack_AbCdEf'),
      join('00', 'tmp_obj_AbCdEf'),
      'tmp_obj_AbCdEf',
      join('pack', 'tmp_idx_AbCdEf'),
      join('pack', '.tmp-1234-pack-0000.pack'),
      join('pack', `${stray}.pack`),
      join('pack', `${stray}.rev`),
    ];
    for (const name of left) writeFileSync(join(objects, name), 'left');
    writeFileSync(join(objects, 'pack', `pack-${'1'.repeat(40)}.pack`), 'kept');
    writeFileSync(join(objects, 'pack', `pack-${'1'.repeat(40)}.keep`), '');
    expect(await planCollection(repository, { graceMs: HOUR_MS })).toEqual(NOTHING);
    makeOld(objects);
    const result = await collectExactly(repository, { graceMs: HOUR_MS });
    expect(result).toEqual({ ...NOTHING, freed: 4 * left.length, leftovers: left.length });
    expect(existsSync(join(objects, 'tmp_objdir-incoming-AbCdEf'))).toBe(false);
    expectVersions(gitDir, { v1: ONE, v2: TWO });
  });
});

describe('damage', () => {
  test.each(['commit', 'tree', 'blob'])('a missing %s stops everything, by its name', async (kind) => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE, v2: TWO });
    const missing = reachableIds(gitDir, 'v1').find((id) => gitText(gitDir, 'cat-file', '-t', id) === kind)!;
    const others = objectIds(gitDir).filter((id) => id !== missing);
    const pack = onlyPack(join(gitDir, 'objects', 'pack'));
    git(gitDir, ['pack-objects', '-q', join(gitDir, 'objects', 'pack', 'pack')], `${others.join('\n')}\n`);
    for (const suffix of ['pack', 'idx']) rmSync(`${pack}.${suffix}`);
    const before = filesIn(gitDir);
    const error = { code: 'damaged', message: expect.stringContaining(missing) };
    await expect(planCollection(repository, AT_ONCE)).rejects.toMatchObject(error);
    await expect(
      collectGarbage(repository, { ...AT_ONCE, removing: ['refs/tags/v2'] }),
    ).rejects.toMatchObject(error);
    expect(filesIn(gitDir)).toEqual(before);
  });

  test('in an object that would be copied stops before its pack goes', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: { 'files/b': noise(10_000, 3) }, v2: TWO });
    const pack = onlyPack(join(gitDir, 'objects', 'pack'));
    const list = gitText(gitDir, 'verify-pack', '-v', `${pack}.idx`).split('\n');
    const line = list.find((each) => each.startsWith(hashObject('blob', noise(10_000, 3))))!;
    damageByte(`${pack}.pack`, Number(line.split(/\s+/)[4]) + 500);
    deleteTag(gitDir, 'v2');
    await expect(collectGarbage(repository, AT_ONCE)).rejects.toMatchObject({ code: 'damaged' });
    expect(existsSync(`${pack}.idx`) && existsSync(`${pack}.pack`)).toBe(true);
    expect(readdirSync(join(gitDir, 'objects', 'pack')).filter((name) => name.startsWith('tmp_'))).toEqual(
      [],
    );
  });

  test('in a tree that calls a folder a file does not hide what is in the folder', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    const folder = gitText(gitDir, 'rev-parse', 'v1:files');
    const lying = Buffer.concat([Buffer.from('100644 a\0'), Buffer.from(folder, 'hex')]);
    const write = ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'];
    const tree = git(gitDir, write, lying).toString().trim();
    // Walked before v1, and for a file there is nothing to walk.
    gitText(gitDir, 'update-ref', 'refs/heads/a', gitText(gitDir, 'commit-tree', '-m', 'lies', tree));
    gitText(gitDir, 'pack-refs', '--all');
    git(gitDir, ['hash-object', '-w', '--stdin'], 'garbage');
    expect(await collectGarbage(repository, AT_ONCE)).toMatchObject({ objects: 1 });
    expectVersions(gitDir, { v1: ONE });
  });

  test('in a ref stops everything', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    writeFileSync(join(gitDir, 'refs', 'tags', 'broken'), 'no id\n');
    await expect(collectGarbage(repository, AT_ONCE)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('that left packed-refs empty deletes nothing, although Git reads that as no refs', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    addVersions(gitDir, { v1: ONE });
    writeFileSync(join(gitDir, 'packed-refs'), '');
    expect(gitText(gitDir, 'tag')).toBe('v1');
    expect(readRef(gitDir, 'refs/tags/v1')).toBe(gitText(gitDir, 'rev-parse', 'v1'));
    await expect(collectGarbage(repository, AT_ONCE)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('packed-refs is empty'),
    });
    expectVersions(gitDir, { v1: ONE });
    rmSync(join(gitDir, 'packed-refs'));
    await collectGarbage(repository, AT_ONCE);
  });
});
