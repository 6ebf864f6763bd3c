import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fsckStrict, gitText } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { planCollection } from '../../src/collect/collect.ts';
import { ROLL_UP_FROM, rollUp } from '../../src/collect/roll-up.ts';
import { acquireExclusive, acquireLease } from '../../src/files/lease.ts';
import { tryLock } from '../../src/files/lock.ts';
import { hashObject, type ObjectId } from '../../src/objects/object-id.ts';
import { encodeTree } from '../../src/objects/tree.ts';
import { PackWriter } from '../../src/pack/pack-writer.ts';
import type { Repository } from '../../src/repository/open.ts';
import { damageByte, noise } from '../pack/fixture.ts';
import { addVersions, emptyRepository, HOUR_MS, makeOld, objectIds } from './fixture.ts';

const NOW = { timeoutMs: 0, purpose: 'test' };

/** A pack with one blob. */
function addPack({ gitDir }: Repository, bytes: Buffer): ObjectId {
  const id = hashObject('blob', bytes);
  const writer = PackWriter.create(join(gitDir, 'objects', 'pack'));
  writer.add('blob', id, bytes, 'stored');
  writer.finish();
  return id;
}

function addPacks(repository: Repository, count: number, from = 0): ObjectId[] {
  return Array.from({ length: count }, (_, index) =>
    addPack(repository, Buffer.from(`object ${from + index}`)),
  );
}

function packs({ gitDir }: Repository): string[] {
  return readdirSync(join(gitDir, 'objects', 'pack')).filter((name) => name.endsWith('.pack'));
}

/** A ref that leads to all of the blobs. */
function keepAll({ gitDir }: Repository, ids: readonly ObjectId[]): void {
  const tree = encodeTree(ids.map((id) => ({ mode: '100644', name: id, id })));
  writeFileSync(join(gitDir, '..', 'tree'), tree);
  const id = gitText(gitDir, 'hash-object', '-w', '-t', 'tree', join(gitDir, '..', 'tree'));
  gitText(gitDir, 'update-ref', 'refs/tags/all', gitText(gitDir, 'commit-tree', '-m', 'all', id));
}

/** Another process that reads objects until it is stopped, and then says how often it has read all of them. */
async function startReader(
  { gitDir }: Repository,
  ids: readonly ObjectId[],
): Promise<{ stop(): Promise<number> }> {
  const script = join(import.meta.dirname, 'read-all.ts');
  const child = spawn(execPath, [script, gitDir, ids.join()], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  const over = once(child, 'close');
  await once(child.stdout, 'data');
  return {
    async stop() {
      child.stdin.end();
      expect(await over).toEqual([0, null]);
      return Number(output.split('\n')[1]);
    },
  };
}

describe('rolling up small packs', () => {
  test('does nothing up to twenty of them, and makes no file', async () => {
    using repository = emptyRepository();
    addPacks(repository, ROLL_UP_FROM);
    expect(await rollUp(repository)).toEqual({ merged: 0 });
    expect(packs(repository)).toHaveLength(ROLL_UP_FROM);
    expect(existsSync(join(repository.gitDir, 'cairn'))).toBe(false);
  });

  test('makes one of a hundred, and loses nothing', async () => {
    using repository = emptyRepository();
    const ids = addPacks(repository, 100);
    keepAll(repository, ids);
    const all = objectIds(repository.gitDir);
    expect(await rollUp(repository)).toEqual({ merged: 100 });
    expect(packs(repository)).toHaveLength(1);
    expect(objectIds(repository.gitDir)).toEqual(all);
    fsckStrict(repository.gitDir);
    for (const id of ids) expect(repository.objects.readSync(id).kind).toBe('blob');
    expect(readdirSync(join(repository.gitDir, 'cairn'), { recursive: true })).toEqual(['leases']);
  });

  test('after every writer keeps their number small, and copies no object often', async () => {
    using repository = emptyRepository();
    let [written, copied] = [0, 0];
    for (let number = 0; number < 120; number++) {
      const before = new Set(packs(repository));
      addPack(repository, Buffer.from(`object ${number}`));
      written++;
      const { merged } = await rollUp(repository);
      expect(packs(repository).length).toBeLessThanOrEqual(ROLL_UP_FROM);
      if (merged === 0) continue;
      const fresh = packs(repository).filter((name) => !before.has(name));
      expect(fresh).toHaveLength(1);
      copied += statSync(join(repository.gitDir, 'objects', 'pack', fresh[0]!)).size;
    }
    expect(objectIds(repository.gitDir)).toHaveLength(written);
    // An entry of some 30 bytes; were everything merged each time, it would be 3.5 times as often.
    expect(copied).toBeLessThan(2.5 * written * 30);
  });

  test('leaves large packs, kept ones, and those of a partial clone or of cruft alone', async () => {
    using repository = emptyRepository();
    const folder = join(repository.gitDir, 'objects', 'pack');
    addPack(repository, noise(9 * 1024 * 1024));
    const before = packs(repository);
    for (const suffix of ['keep', 'promisor', 'mtimes']) {
      addPack(repository, Buffer.from(suffix));
      const name = packs(repository).find((each) => !before.includes(each))!;
      writeFileSync(join(folder, name.replace('.pack', `.${suffix}`)), '');
      before.push(name);
    }
    addPacks(repository, ROLL_UP_FROM);
    expect(await rollUp(repository)).toEqual({ merged: 0 });
    addPacks(repository, 1, 1000);
    expect(await rollUp(repository)).toEqual({ merged: ROLL_UP_FROM + 1 });
    expect(packs(repository)).toEqual(expect.arrayContaining(before));
    expect(packs(repository)).toHaveLength(before.length + 1);
  });

  test('writes an object once that lies in several packs', async () => {
    using repository = emptyRepository();
    const { gitDir } = repository;
    const ids = addPacks(repository, 30);
    const shared = hashObject('blob', Buffer.from('object 0'));
    for (let number = 0; number < 10; number++) {
      const writer = PackWriter.create(join(gitDir, 'objects', 'pack'));
      writer.add('blob', shared, Buffer.from('object 0'), 'stored');
      const bytes = Buffer.from(`other ${number}`);
      writer.add('blob', hashObject('blob', bytes), bytes, 'stored');
      writer.finish();
    }
    expect(await rollUp(repository)).toEqual({ merged: 40 });
    expect(objectIds(gitDir)).toHaveLength(ids.length + 10);
    const index = join(gitDir, 'objects', 'pack', packs(repository)[0]!.replace('.pack', '.idx'));
    expect(
      gitText(gitDir, 'verify-pack', '-v', index)
        .split('\n')
        .filter((line) => / blob /.test(line)),
    ).toHaveLength(40);
  });

  test('removes a multi-pack index that names the packs', async () => {
    using repository = emptyRepository();
    keepAll(repository, addPacks(repository, 30));
    gitText(repository.gitDir, 'multi-pack-index', 'write');
    await rollUp(repository);
    expect(existsSync(join(repository.gitDir, 'objects', 'pack', 'multi-pack-index'))).toBe(false);
    fsckStrict(repository.gitDir);
  });

  test('does not make old garbage young', async () => {
    using repository = emptyRepository();
    addPacks(repository, 30);
    makeOld(join(repository.gitDir, 'objects'));
    await rollUp(repository);
    expect(await planCollection(repository, { graceMs: HOUR_MS })).toMatchObject({
      objects: 30,
      packsDropped: 1,
    });
  });

  test('skips its turn while a collector or another roll-up is at work, but not for writers', async () => {
    using repository = emptyRepository();
    addPacks(repository, 30);
    const folder = join(repository.gitDir, 'cairn');
    const collector = await acquireExclusive(folder, NOW);
    expect(await rollUp(repository)).toEqual({ merged: 0 });
    collector.release();
    const other = tryLock(join(folder, 'roll-up'), 'test');
    expect(await rollUp(repository)).toEqual({ merged: 0 });
    other!.release();
    const writer = await acquireLease(folder, NOW);
    expect(await rollUp(repository)).toEqual({ merged: 30 });
    writer.release();
  });

  test('by several at once merges everything once', async () => {
    using repository = emptyRepository();
    const ids = addPacks(repository, 60);
    const results = await Promise.all(Array.from({ length: 5 }, () => rollUp(repository)));
    expect(results.map(({ merged }) => merged).sort()).toEqual([0, 0, 0, 0, 60]);
    expect(objectIds(repository.gitDir)).toEqual(ids.sort());
  });

  test('stops at a damaged pack, with nothing lost', async () => {
    using repository = emptyRepository();
    addPacks(repository, 30);
    damageByte(join(repository.gitDir, 'objects', 'pack', packs(repository)[7]!), 20);
    await expect(rollUp(repository)).rejects.toMatchObject({ code: 'damaged' });
    expect(packs(repository)).toHaveLength(30);
    expect(readdirSync(join(repository.gitDir, 'cairn'), { recursive: true })).toEqual(['leases']);
  });

  test('hides no object from a reader in another process', async () => {
    using repository = emptyRepository();
    const ids = addPacks(repository, 15);
    const reader = await startReader(repository, ids);
    for (let round = 0; round < 5; round++) {
      // As large together as all before, so that these become part of every merge.
      for (let number = 0; number < ROLL_UP_FROM; number++)
        addPack(repository, noise(50 * 2 ** round, 1000 * round + number));
      expect((await rollUp(repository)).merged).toBe(ROLL_UP_FROM + 1 + (round === 0 ? 14 : 0));
    }
    expect(await reader.stop()).toBeGreaterThan(0);
  });

  test('of versions that Git has packed keeps them whole', async () => {
    using repository = emptyRepository();
    for (let number = 0; number < 24; number++)
      addVersions(repository.gitDir, { [`v${number}`]: { t: `${number}` } });
    expect(await rollUp(repository)).toEqual({ merged: 24 });
    fsckStrict(repository.gitDir);
    expect(gitText(repository.gitDir, 'show', 'v17:t')).toBe('17');
  });
});
