import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getuid, platform } from 'node:process';
import { pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  collectGarbage,
  createModel,
  createVersion,
  deleteModel,
  deleteVersion,
  editModel,
  editVersion,
  listModels,
  listVersions,
  openFile,
  openRegistry,
  type Registry,
  renameModel,
  renameVersion,
  showModel,
  showVersion,
  takeOut,
  verifyRegistry,
} from '../src/index.ts';
import { inAnotherProcess } from './another-process.ts';
import { type Mounted, mountReadOnly, mountSmallDisk } from './mounts.ts';
import {
  copyOf,
  environment,
  expectFailure,
  expectRefusal,
  filesBelow,
  type RegistryFixture,
  registryFixture,
  stateOf,
} from './registry-fixture.ts';

const MIB = 1024 * 1024;

let healthy: RegistryFixture;

beforeAll(async () => {
  healthy = await registryFixture();
  healthy.write({ 'v1/a.txt': 'a', 'v1/weights.bin': pseudoRandomBytes('v1', 1.5 * MIB) });
  healthy.write({ 'inline.bin': pseudoRandomBytes('inline', 9 * MIB) });
  await createModel(healthy.registry, 'm');
  await add(healthy.registry, 'v1', join(healthy.work, 'v1'));
});

afterAll(() => healthy[Symbol.dispose]());

describe('a full disk', () => {
  const noSpace = { code: 'no-space', names: ['full'], hint: /free some room/ } as const;

  test('a version that does not fit is not there at all, and a smaller one fits afterwards', async ({
    skip,
  }) => {
    using disk = await onSmallDisk(8 * MIB);
    if (disk === null) return skip('only root can mount a small disk');
    const threaded = join(healthy.work, 'threaded.bin');
    writeFileSync(threaded, pseudoRandomBytes('threaded', 30 * MIB));
    for (const path of [join(healthy.work, 'inline.bin'), threaded]) {
      await expectRefusal(disk, () => add(disk.registry, 'v2', path), noSpace);
      await expectRefusal(disk, () => add(disk.registry, 'v2', path), noSpace);
    }
    await add(disk.registry, 'v2', join(healthy.work, 'v1'));
    expect((await verifyRegistry(disk.registry)).map(({ ok }) => ok)).toEqual([true, true]);
  });

  test('with not a byte left, every change fails and changes nothing, and everything can be read', async ({
    skip,
  }) => {
    using disk = await onSmallDisk(8 * MIB);
    if (disk === null) return skip('only root can mount a small disk');
    const { registry } = disk;
    fill(registry.path);
    for (const change of changesOf(registry)) {
      // A change that needs no room may go through: what counts is that none is half done.
      const before = stateOf(registry);
      const error = await change().then(
        () => null,
        (cause) => cause,
      );
      if (error === null) continue;
      expect(error).toMatchObject({
        code: 'no-space',
        message: expect.stringContaining('full'),
        hint: expect.stringMatching(noSpace.hint),
      });
      expect(stateOf(registry)).toEqual(before);
    }
    await expectReadable(registry, 'm@v1');
  });

  test('nothing half-written stays where a version is taken out to', async ({ skip }) => {
    const folder = join(healthy.work, 'small');
    mkdirSync(folder, { recursive: true });
    using disk = mountSmallDisk(folder, MIB);
    if (disk === null) return skip('only root can mount a small disk');
    await expectFailure(takeOut(healthy.registry, 'm@v1', join(folder, 'out')), noSpace);
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(join(folder, 'there'));
    await takeOut(healthy.registry, 'm@v1', join(folder, 'there'), { only: ['a.txt'] });
    await expectFailure(takeOut(healthy.registry, 'm@v1', join(folder, 'there')), noSpace);
    expect(Object.keys(filesBelow(folder))).toEqual(['there/a.txt']);
  });

  test.runIf(platform === 'linux')(
    'a limit on the size of files is told like a disk that says no',
    async () => {
      using fixture = await copyOf(healthy);
      const { work, registry } = fixture;
      const before = stateOf(registry);
      const entries = readdirSync(work);
      const source = JSON.stringify([{ path: join(work, 'inline.bin') }]);
      const target = "{ model: 'm', version: 'v2' }";
      const outcome = inAnotherProcess(
        fixture,
        `createVersion(registry, ${target}, { sources: ${source} })`,
        {
          by: ['prlimit', '--fsize=1000000'],
        },
      );
      const tooLarge = { code: 'failed', message: expect.stringContaining('larger than that disk') };
      expect(outcome).toMatchObject(tooLarge);
      expect(stateOf(registry)).toEqual(before);
      const out = JSON.stringify(join(work, 'out'));
      const taken = inAnotherProcess(fixture, `takeOut(registry, 'm@v1', ${out})`, {
        by: ['prlimit', '--fsize=1000000'],
      });
      expect(taken).toMatchObject(tooLarge);
      expect(readdirSync(work)).toEqual(entries);
    },
  );
});

describe('a registry on a read-only disk', () => {
  test('can be read in every way, and refuses every change', async ({ skip }) => {
    using fixture = await copyOf(healthy);
    const { registry, work } = fixture;
    using mounted = mountReadOnly(registry.path);
    if (mounted === null) return skip('only root can make a disk read-only');
    await expectReadable(registry, 'm@v1');
    await takeOut(registry, 'm@v1', join(work, 'out'));
    expect(filesBelow(join(work, 'out'))).toEqual(filesBelow(join(work, 'v1')));
    for (const change of changesOf(registry)) {
      await expectRefusal(fixture, change, {
        code: 'read-only',
        names: ['read-only'],
        hint: /can be written to/,
      });
    }
    expect(await collectGarbage(registry)).toMatchObject({ freed: 0 });
  });

  test('a destination on a read-only disk is named, and stays as it is', async ({ skip }) => {
    using fixture = await copyOf(healthy);
    const folder = join(fixture.work, 'read-only-disk');
    mkdirSync(join(folder, 'empty'), { recursive: true });
    using mounted = mountReadOnly(folder);
    if (mounted === null) return skip('only root can make a disk read-only');
    for (const name of ['new', 'empty']) {
      const refused = { code: 'read-only', names: ['read-only-disk'], hint: /can be written to/ } as const;
      await expectFailure(takeOut(fixture.registry, 'm@v1', join(folder, name)), refused);
    }
    expect(readdirSync(folder)).toEqual(['empty']);
  });
});

describe.skipIf(platform === 'win32')('a registry that may not be written to', () => {
  const isRoot = getuid?.() === 0;

  test.runIf(isRoot)('refuses every change by somebody else, and names what may not be written', async () => {
    using fixture = await copyOf(healthy);
    const { registry, work } = fixture;
    const before = stateOf(registry);
    const sources = JSON.stringify([{ path: join(work, 'v1') }]);
    chmodSync(join(work, '..'), 0o755);
    for (const expression of [
      `createVersion(registry, { model: 'm', version: 'v2' }, { sources: ${sources} })`,
      `editModel(registry, 'm', { description: 'x' })`,
      `createModel(registry, 'n')`,
    ]) {
      expect(inAnotherProcess(fixture, expression, { uid: 65534 })).toMatchObject({
        code: 'denied',
        message: expect.stringContaining(registry.path),
        hint: expect.stringContaining('who may'),
      });
    }
    expect(stateOf(registry)).toEqual(before);
  });

  test.skipIf(isRoot)('can be read in every way, and refuses every change', async () => {
    using fixture = await copyOf(healthy);
    const { registry } = fixture;
    spawnSync('chmod', ['-R', 'a-w', registry.path]);
    await expectReadable(registry, 'm@v1');
    for (const change of changesOf(registry)) {
      await expectRefusal(fixture, change, { code: 'denied', names: [registry.path], hint: /who may/ });
    }
    spawnSync('chmod', ['-R', 'u+w', registry.path]);
  });
});

function add(registry: Registry, version: string, path: string) {
  return createVersion(registry, { model: 'm', version }, { sources: [{ path }] });
}

/** Everything that writes into a registry. */
function changesOf(registry: Registry): (() => Promise<unknown>)[] {
  return [
    () => add(registry, 'v2', join(healthy.work, 'v1')),
    () => createModel(registry, 'n'),
    () => editModel(registry, 'm', { description: 'x' }),
    () => editVersion(registry, 'm@v1', { description: 'x' }),
    () => renameVersion(registry, 'm@v1', 'v0'),
    () => deleteVersion(registry, 'm@v1'),
    () => renameModel(registry, 'm', 'k'),
    () => deleteModel(registry, 'm'),
  ];
}

async function expectReadable(registry: Registry, reference: string): Promise<void> {
  const [model] = await listModels(registry);
  expect(model).toMatchObject({ name: 'm', versions: 1 });
  expect(model?.problem).toBeUndefined();
  expect(await showModel(registry, 'm')).toMatchObject({ latest: 'v1' });
  expect(await listVersions(registry, 'm')).toMatchObject([{ version: 'v1' }]);
  expect(await showVersion(registry, reference)).toMatchObject({ version: 'v1' });
  expect(await verifyRegistry(registry)).toMatchObject([{ ok: true }]);
  using file = await openFile(registry, `${reference}:a.txt`);
  expect(Buffer.from(await file.read(0, 9)).toString()).toBe('a');
}

interface SmallDisk extends Disposable {
  readonly registry: Registry;
  readonly mounted: Mounted;
}

/** A copy of the registry on a disk of its own; null where none can be had. */
async function onSmallDisk(size: number): Promise<SmallDisk | null> {
  const folder = join(healthy.work, '..', 'disk');
  mkdirSync(folder, { recursive: true });
  const mounted = mountSmallDisk(folder, size);
  if (mounted === null) return null;
  cpSync(healthy.registry.path, join(folder, 'registry'), { recursive: true });
  const registry = await openRegistry(join(folder, 'registry'), environment());
  return { registry, mounted, [Symbol.dispose]: () => mounted[Symbol.dispose]() };
}

/** Leaves not a byte on the disk. */
function fill(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, '.cairn', 'filler'), Buffer.alloc(bavail * bsize, 1));
  expect(statfsSync(folder).bavail).toBe(0);
}
