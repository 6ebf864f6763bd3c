import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { copyEntries } from '../../src/pack/copy-entries.ts';
import { type CopyPlan, planCopy } from '../../src/pack/copy-plan.ts';
import { type ObjectStore, openObjectStore } from '../../src/pack/object-store.ts';
import { PackWriter } from '../../src/pack/pack-writer.ts';
import {
  blobId,
  createRepository,
  damageByte,
  importHistory,
  noise,
  objectsOf,
  onlyPack,
  replaceFile,
} from './fixture.ts';

/** Copies into a repository of its own. */
function copyTo(gitDir: string, plan: CopyPlan): string {
  const writer = PackWriter.create(createRepository(gitDir));
  try {
    copyEntries(plan, writer);
    return writer.finish()?.path ?? '';
  } finally {
    writer.abort();
  }
}

function countOf(plan: CopyPlan, how: CopyPlan['steps'][number]['how']): number {
  return plan.steps.filter((step) => step.how === how).length;
}

/** Checks that a copy holds exactly the wanted objects, is sound, and has the size that was planned. */
function expectCopy(
  store: ObjectStore,
  wanted: ReadonlySet<ObjectId>,
  expected: ReturnType<typeof objectsOf>,
): CopyPlan {
  using folder = temporaryFolder();
  const plan = planCopy(store.packs(), (id) => wanted.has(id));
  const path = copyTo(folder.path, plan);
  if (wanted.size === 0) {
    expect(readdirSync(join(folder.path, 'objects', 'pack'))).toEqual([]);
    return plan;
  }
  expect(statSync(`${path}.pack`).size).toBe(plan.packSize);
  expect(statSync(`${path}.idx`).size).toBe(plan.indexSize);
  const again = join(folder.path, 'again.idx');
  gitText(folder.path, 'index-pack', '-o', again, `${path}.pack`);
  expect(readFileSync(again).equals(readFileSync(`${path}.idx`))).toBe(true);
  const copied = objectsOf(folder.path);
  expect(new Set(copied.keys())).toEqual(wanted);
  for (const [id, object] of copied) expect(object).toEqual(expected.get(id));
  return plan;
}

describe('a copy of entries', () => {
  it.each([
    ['with deltas by offset', ['repack', '-adfq']],
    ['with deltas by id', ['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq']],
  ])('takes any choice of objects out of a pack %s', (_, command) => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 12);
    gitText(folder.path, ...command);
    const objects = objectsOf(folder.path);
    const ids = [...objects.keys()];
    const store = openObjectStore(folder.path);
    expectCopy(store, new Set(ids), objects);
    fc.assert(
      fc.property(fc.subarray(ids), (wanted) => {
        expectCopy(store, new Set(wanted), objects);
      }),
      { numRuns: 10 },
    );
    store.close();
  });

  it('moves deltas whose base came nearer, and makes whole those whose base stays behind', () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 12);
    gitText(folder.path, 'repack', '-adfq');
    const objects = objectsOf(folder.path);
    const store = openObjectStore(folder.path);
    for (const how of ['new-header', 'whole'] as const) {
      const dropped = [...objects.keys()].find((id) => {
        const plan = planCopy(store.packs(), (other) => other !== id);
        return countOf(plan, how) > 0;
      });
      const wanted = new Set(objects.keys());
      wanted.delete(dropped!);
      expect(countOf(expectCopy(store, wanted, objects), how)).toBeGreaterThan(0);
    }
    store.close();
  });

  it('rolls several packs into one, each object once', () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 12);
    for (const count of [4, 8, 12]) {
      const list = gitText(folder.path, 'rev-list', '--objects', `v${count}`, '--');
      const base = join(folder.path, 'objects', 'pack', 'pack');
      git(folder.path, ['pack-objects', '-q', '--delta-base-offset', base], `${list}\n`);
    }
    const objects = objectsOf(folder.path);
    const store = openObjectStore(folder.path);
    expectCopy(store, new Set(objects.keys()), objects);
    const smallestFirst = store.packs().toSorted((one, other) => one.index.count - other.index.count);
    expect(smallestFirst).toHaveLength(4);
    const plan = planCopy(smallestFirst, () => true);
    expect(plan.steps).toHaveLength(objects.size);
    using copy = temporaryFolder();
    copyTo(copy.path, plan);
    gitText(copy.path, 'update-ref', 'refs/heads/main', gitText(folder.path, 'rev-parse', 'main'));
    fsckStrict(copy.path);
    store.close();
  });

  it('is as large as the pack it came from when everything is wanted', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 5);
    const pack = onlyPack(packFolder);
    const store = openObjectStore(folder.path);
    const plan = planCopy(store.packs(), () => true);
    expect(plan.packSize).toBe(statSync(`${pack}.pack`).size);
    expect(plan.indexSize).toBe(statSync(`${pack}.idx`).size);
    using copy = temporaryFolder();
    expect(readFileSync(`${copyTo(copy.path, plan)}.pack`).equals(readFileSync(`${pack}.pack`))).toBe(true);
    store.close();
  });

  it('takes entries that are larger than its buffer', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const large = noise(20_000_000);
    const writer = PackWriter.create(packFolder);
    writer.add('blob', blobId(large), large, 'stored');
    const { path } = writer.finish()!;
    const store = openObjectStore(folder.path);
    using copy = temporaryFolder();
    expect(
      copyTo(
        copy.path,
        planCopy(store.packs(), () => true),
      ),
    ).toContain(path.slice(-40));
    store.close();
    damageByte(`${path}.pack`, 15_000_000);
    const damagedStore = openObjectStore(folder.path);
    using other = temporaryFolder();
    const damaged = expect.objectContaining({
      code: 'damaged',
      message: expect.stringContaining(`${path}.pack`),
    });
    expect(() =>
      copyTo(
        other.path,
        planCopy(damagedStore.packs(), () => true),
      ),
    ).toThrow(damaged);
    expect(readdirSync(join(other.path, 'objects', 'pack'))).toEqual([]);
    damagedStore.close();
  });

  it('never carries damage over', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 6);
    gitText(folder.path, 'repack', '-adfq');
    const path = `${onlyPack(packFolder)}.pack`;
    const good = readFileSync(path);
    fc.assert(
      fc.property(fc.integer({ min: 12, max: good.length - 21 }), fc.nat({ max: 7 }), (at, bit) => {
        const bad = Buffer.from(good);
        bad[at]! ^= 1 << bit;
        replaceFile(path, bad);
        const store = openObjectStore(folder.path);
        using copy = temporaryFolder();
        const attempt = () =>
          copyTo(
            copy.path,
            planCopy(store.packs(), () => true),
          );
        expect(attempt).toThrow(expect.objectContaining({ code: 'damaged' }));
        store.close();
      }),
      { numRuns: 30 },
    );
  });

  it('needs a writer that is empty', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const writer = PackWriter.create(packFolder);
    writer.add('blob', blobId(noise(5)), noise(5), 'stored');
    const plan = planCopy([], () => true);
    expect(() => copyEntries(plan, writer)).toThrow(expect.objectContaining({ code: 'invalid' }));
    writer.abort();
  });
});
