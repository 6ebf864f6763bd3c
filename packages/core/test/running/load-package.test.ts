import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePackage, writePackage } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  createVersion,
  exportArchive,
  exportContainer,
  type LoadPackageOptions,
  loadPackage,
  loadPackageFile,
  type VersionType,
} from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { failureOf, openStage, type Stage } from './package-fixture.ts';

/** A key by itself each time: whoever is given one may wipe it. */
const withKey = (byte: number) => ({ secret: { kind: 'key', key: new Uint8Array(32).fill(byte) } }) as const;
const right = () => withKey(1);
const wrong = () => withKey(2);

async function addLinear({ registry, work }: RegistryFixture, type: VersionType): Promise<void> {
  writePackage(join(work, 'package'), nodePackage());
  const sealed = type === 'packaged-encrypted';
  await createVersion(
    registry,
    { model: 'linear', version: 'v1' },
    {
      ...{ sources: [{ path: join(work, 'package') }], type, createModel: true },
      ...(sealed && { encryption: right().secret }),
    },
  );
}

function optionsFor({ folder }: Stage): LoadPackageOptions {
  return { trust: 'all', folder };
}

test('a packaged version is loaded from its registry', async () => {
  using fixture = await registryFixture();
  await using stage = openStage();
  await addLinear(fixture, 'packaged');
  await using loaded = await loadPackage(fixture.registry, 'linear@latest', optionsFor(stage));
  expect(await loaded.predict([1, 2])).toEqual([3, 5]);
  expect(loaded).toMatchObject({ model: 'linear', version: 'v1', type: 'packaged' });
});

test('a sealed version is loaded with its secret, and no other', async () => {
  using fixture = await registryFixture();
  await using stage = openStage();
  await addLinear(fixture, 'packaged-encrypted');
  const load = (unlock?: LoadPackageOptions['unlock']) =>
    loadPackage(fixture.registry, 'linear@v1', { ...optionsFor(stage), ...(unlock && { unlock }) });
  expect((await failureOf(load())).code).toBe('refused');
  expect((await failureOf(load(wrong()))).code).toBe('wrong-key');
  expect(stage.left()).toEqual([]);
  const loaded = await load(right());
  expect(stage.left()).not.toContain('models');
  expect(await loaded.predict([1, 2])).toEqual([3, 5]);
  await loaded.close();
  expect(stage.left()).toEqual([]);
});

test('a plaintext version is refused', async () => {
  using fixture = await registryFixture();
  await using stage = openStage();
  await addLinear(fixture, 'plaintext');
  expect((await failureOf(loadPackage(fixture.registry, 'linear@v1', optionsFor(stage)))).code).toBe(
    'refused',
  );
});

test('a package in a file is loaded without a registry, sealed or not', async () => {
  using fixture = await registryFixture();
  await using stage = openStage();
  await addLinear(fixture, 'packaged-encrypted');
  const [sealed, archive] = ['linear.cairn', 'linear.mlarchive'].map((name) => join(fixture.work, name));
  await exportContainer(fixture.registry, 'linear@v1', sealed!);
  await exportArchive(fixture.registry, 'linear@v1', archive!, { unlock: right() });
  for (const file of [sealed!, archive!]) {
    await using loaded = await loadPackageFile(file, { ...optionsFor(stage), unlock: right() });
    expect(await loaded.predict([1, 2])).toEqual([3, 5]);
  }
  const store = { folder: join(fixture.work, 'trusted') };
  const untrusted = await failureOf(loadPackageFile(archive!, { ...optionsFor(stage), trust: store }));
  expect(untrusted.code).toBe('refused');
  expect((await failureOf(loadPackageFile(sealed!, { ...optionsFor(stage), unlock: wrong() }))).code).toBe(
    'wrong-key',
  );
  expect((await failureOf(loadPackageFile(join(fixture.work, 'none'), optionsFor(stage)))).code).toBe(
    'not-found',
  );
  const neither = join(fixture.work, 'package', 'manifest.json');
  expect((await failureOf(loadPackageFile(neither, optionsFor(stage)))).code).toBe('invalid');
});

test('a file that is damaged runs nothing and leaves nothing', async () => {
  using fixture = await registryFixture();
  await using stage = openStage();
  await addLinear(fixture, 'packaged-encrypted');
  const file = join(fixture.work, 'linear.cairn');
  const { length } = await exportContainer(fixture.registry, 'linear@v1', file).then(() =>
    readFileSync(file),
  );
  const bytes = readFileSync(file);
  bytes[length - 20]! ^= 1;
  writeFileSync(file, bytes);
  const flipped = await failureOf(loadPackageFile(file, { ...optionsFor(stage), unlock: right() }));
  expect(flipped.code).toBe('damaged');
  truncateSync(file, length - 1);
  const cut = await failureOf(loadPackageFile(file, { ...optionsFor(stage), unlock: right() }));
  expect(cut.code).toBe('damaged');
  expect(stage.left()).toEqual([]);
});
