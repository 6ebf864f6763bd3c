import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CollectionReport,
  collectGarbage,
  deleteVersion,
  planCollection,
  planVersionDeletion,
  verifyModel,
} from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { bytesOf, expectFreed } from './disk.ts';
import { history, KIB, storeHistory, storeVersion } from './history.ts';
import { expectWhole } from './read-back.ts';

/** What these kinds of upkeep by Git must leave as it was for Cairn, and what Cairn can do afterwards. */
export function testUpkeep(names: readonly string[]): void {
  const versions = history();
  let fixture: RegistryFixture;

  beforeAll(async () => {
    fixture = await registryFixture();
    await storeHistory(fixture, 'pristine', versions);
  });

  afterAll(() => fixture[Symbol.dispose]());

  describe.each(names)('after %s', (name) => {
    const { run, check } = UPKEEP[name]!;
    const model = name.replaceAll(/[^a-z]+/g, '-').replace(/-$/, '');

    test('all is read back, and what is added again is there already', async () => {
      const gitDir = fixture.gitDir(model);
      cpSync(fixture.gitDir('pristine'), gitDir, { recursive: true });
      run(gitDir);
      check(gitDir);
      await expectWhole(fixture.registry, model, versions);
      const added = await storeVersion(fixture, model, { ...versions[0]!, name: 'again' });
      expect(added.stored).toEqual({ bytes: 0, parts: 0 });
      fsckStrict(gitDir);
    });

    test('deleting a version frees what it alone used, but for a line in the history', async () => {
      const gitDir = fixture.gitDir(model);
      for (const reference of [`${model}@3.0+other`, `${model}@v2`]) {
        const before = bytesOf(gitDir);
        const { freed } = await planVersionDeletion(fixture.registry, reference);
        expect(await deleteVersion(fixture.registry, reference)).toMatchObject({ freed, pending: false });
        expectFreed(gitDir, before, freed);
        expect(freed).toBeGreaterThan(1000);
      }
      fsckStrict(gitDir);
    });

    test('and so does collecting what Git has left without a name', async () => {
      const { registry } = fixture;
      const gitDir = fixture.gitDir(model);
      git(gitDir, ['tag', '--delete', 'v1']);
      const before = bytesOf(gitDir);
      const own = ({ models }: CollectionReport) => models.find((each) => each.model === model)!;
      const planned = own(await planCollection(registry, { graceMs: 0 }));
      expect(own(await collectGarbage(registry, { graceMs: 0 }))).toEqual(planned);
      expect(before - bytesOf(gitDir)).toBe(planned.freed);
      expect(planned.objects).toBeGreaterThan(0);
      fsckStrict(gitDir);
      expect(await verifyModel(registry, model)).toMatchObject([{ version: 'again', ok: true }]);
    });
  });
}

/** Git is told to look for deltas everywhere, against the settings that keep it from wasting its time. */
const FOR_DELTAS = ['-c', 'pack.window=10', '-c', 'core.bigFileThreshold=512m'];

interface Upkeep {
  readonly run: (gitDir: string) => void;
  /** What shows that Git did something. */
  readonly check: (gitDir: string) => void;
}

/** What Git's users and servers do to repositories. */
const UPKEEP: Readonly<Record<string, Upkeep>> = {
  'gc --aggressive': {
    run: (gitDir) => git(gitDir, ['gc', '--quiet', '--aggressive', '--prune=now']),
    check: (gitDir) => {
      expect(packs(gitDir)).toHaveLength(1);
      expect(existsSync(join(gitDir, 'packed-refs'))).toBe(true);
    },
  },
  'repack -adf with deltas of parts and a bitmap': {
    run: (gitDir) => git(gitDir, [...FOR_DELTAS, 'repack', '-adfq', '--write-bitmap-index']),
    check: (gitDir) => {
      expect(largeDeltas(gitDir)).toBeGreaterThan(0);
      expect(packFiles(gitDir, '.bitmap')).toHaveLength(1);
    },
  },
  'repack -adf with deltas that name their base': {
    run: (gitDir) => git(gitDir, [...FOR_DELTAS, '-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq']),
    check: (gitDir) => expect(largeDeltas(gitDir)).toBeGreaterThan(0),
  },
  'repack with everything compressed': {
    run: (gitDir) =>
      git(gitDir, [...FOR_DELTAS, '-c', 'pack.compression=9', '-c', 'pack.window=0', 'repack', '-adFq']),
    check: (gitDir) => expect(packs(gitDir)).toHaveLength(1),
  },
  'repack into packs of a megabyte': {
    run: (gitDir) => git(gitDir, ['repack', '-adq', '--max-pack-size=1m']),
    check: (gitDir) => expect(packs(gitDir).length).toBeGreaterThan(5),
  },
  'multi-pack-index and commit-graph': {
    run: (gitDir) => {
      git(gitDir, ['multi-pack-index', 'write', '--bitmap']);
      git(gitDir, ['commit-graph', 'write', '--reachable']);
    },
    check: (gitDir) => {
      expect(existsSync(join(gitDir, 'objects/pack/multi-pack-index'))).toBe(true);
      expect(existsSync(join(gitDir, 'objects/info/commit-graph'))).toBe(true);
    },
  },
  'repack into cruft packs': {
    run: (gitDir) => git(gitDir, ['repack', '-adq', '--cruft', '--cruft-expiration=now']),
    check: (gitDir) => expect(packs(gitDir)).toHaveLength(1),
  },
  'pack-refs --all': {
    run: (gitDir) => git(gitDir, ['pack-refs', '--all']),
    check: (gitDir) => {
      expect(readFileSync(join(gitDir, 'packed-refs'), 'utf8')).toContain('refs/tags/v1');
      expect(readdirSync(join(gitDir, 'refs/tags'))).toEqual([]);
    },
  },
  'unpack-objects into loose files': {
    run: unpackObjects,
    check: (gitDir) => {
      expect(packs(gitDir)).toEqual([]);
      expect(gitText(gitDir, 'count-objects', '-v')).toContain('in-pack: 0\n');
    },
  },
  'loose files beside packs, then prune-packed': {
    run: (gitDir) => {
      const aside = join(gitDir, 'aside');
      cpSync(join(gitDir, 'objects/pack'), aside, { recursive: true });
      unpackObjects(gitDir);
      for (const name of readdirSync(aside))
        renameSync(join(aside, name), join(gitDir, 'objects/pack', name));
      git(gitDir, ['prune-packed', '--quiet']);
    },
    check: (gitDir) => expect(gitText(gitDir, 'count-objects', '-v')).toContain('count: 0\n'),
  },
};

/** Every object of every pack as a file of its own; the packs go. */
function unpackObjects(gitDir: string): void {
  const folder = join(gitDir, 'objects/pack');
  const aside = join(gitDir, 'unpacked');
  mkdirSync(aside);
  const names = packs(gitDir);
  for (const name of readdirSync(folder)) renameSync(join(folder, name), join(aside, name));
  for (const name of names) git(gitDir, ['unpack-objects', '-q'], readFileSync(join(aside, name)));
}

function packs(gitDir: string): string[] {
  return packFiles(gitDir, '.pack');
}

function packFiles(gitDir: string, suffix: string): string[] {
  return readdirSync(join(gitDir, 'objects/pack')).filter((name) => name.endsWith(suffix));
}

/** How many objects that are large enough to be parts are stored as deltas. */
function largeDeltas(gitDir: string): number {
  const format = '--batch-check=%(objectsize) %(deltabase)';
  const lines = gitText(gitDir, 'cat-file', '--batch-all-objects', '--unordered', format).split('\n');
  return lines.filter((line) => Number(line.split(' ')[0]) > 512 * KIB && !/ 0{40}$/.test(line)).length;
}
