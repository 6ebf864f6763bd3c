import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deleteVersion,
  editVersion,
  listVersions,
  openFile,
  planCollection,
  planVersionDeletion,
  showModel,
  showVersion,
  takeOut,
  verifyModel,
  verifyVersion,
} from '../../src/index.ts';
import { expectFailure, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { bytesOf, expectFreed } from './disk.ts';
import { history, storeHistory, storeVersion } from './history.ts';
import { expectTakenOut, expectWhole } from './read-back.ts';

const versions = history();
let fixture: RegistryFixture;
let origin: string;

beforeAll(async () => {
  fixture = await registryFixture();
  await storeHistory(fixture, 'm', versions);
  origin = pathToFileURL(fixture.gitDir('m')).href;
  for (const [model, args] of Object.entries(CLONES)) {
    git(fixture.work, ['clone', '--quiet', ...args, origin, fixture.gitDir(model)]);
  }
  git(fixture.gitDir('shallow-fetched'), ['fetch', '--quiet', '--depth', '1', 'origin', 'tag', 'v2']);
  // From here on nothing can be fetched, even by mistake.
  renameSync(fixture.gitDir('m'), join(fixture.work, 'origin.git'));
});

afterAll(() => fixture[Symbol.dispose]());

const CLONES: Readonly<Record<string, readonly string[]>> = {
  bare: ['--bare'],
  mirror: ['--mirror'],
  'shallow-all': ['--bare', '--depth', '1', '--no-single-branch'],
  'shallow-fetched': ['--bare', '--depth', '1'],
  'shallow-tag': ['--bare', '--depth', '1', '--branch', 'v2'],
  blobless: ['--bare', '--filter=blob:none'],
  treeless: ['--bare', '--filter=tree:0'],
  'without-large': ['--bare', '--filter=blob:limit=100k'],
};

test('all is read back from a mirror', async () => {
  const verified = await verifyModel(fixture.registry, 'mirror');
  expect(verified.map(({ version, ok }) => [version, ok])).toEqual(
    versions.map(({ name }) => [name, true]).reverse(),
  );
  await expectTakenOut(fixture.registry, 'mirror@v1', versions[0]!);
});

describe.each(['bare', 'shallow-all'])('in a clone, %s', (model) => {
  test('all is read back, and more can be added and deleted', async () => {
    await expectWhole(fixture.registry, model, versions);
    const added = await storeVersion(fixture, model, { ...versions[0]!, name: 'again' });
    expect(added.stored).toEqual({ bytes: 0, parts: 0 });
    const before = bytesOf(fixture.gitDir(model));
    const { freed } = await deleteVersion(fixture.registry, `${model}@3.0+other`);
    expectFreed(fixture.gitDir(model), before, freed);
    expect((await verifyModel(fixture.registry, model)).map(({ ok }) => ok)).toEqual([true, true, true]);
    fsckStrict(fixture.gitDir(model));
  });
});

test('a shallow clone shows who made the model, as far as it knows', async () => {
  const { registry } = fixture;
  expect(gitText(fixture.gitDir('shallow-all'), 'rev-parse', '--is-shallow-repository')).toBe('true');
  expect(await showModel(registry, 'shallow-all')).toMatchObject({ createdBy: { name: 'Ada' }, versions: 3 });
});

test('of a version that was fetched by itself everything is there', async () => {
  await expectWhole(fixture.registry, 'shallow-fetched', [versions[1]!]);
  const gone = { code: 'not-found', names: ['v1'], hint: /cairn ls/ } as const;
  await expectFailure(showVersion(fixture.registry, 'shallow-fetched@v1'), gone);
  const plan = await planCollection(fixture.registry, { graceMs: 0 });
  expect(plan.models.find(({ model }) => model === 'shallow-fetched')).toMatchObject({
    freed: 0,
    objects: 0,
  });
});

test('a clone of one tag alone has no model, but all of the version', async () => {
  const { registry } = fixture;
  await expectWhole(registry, 'shallow-tag', [versions[1]!]);
  await expectTakenOut(registry, 'shallow-tag', versions[1]!);
  expect(await showVersion(registry, 'shallow-tag@v2')).toMatchObject({ latest: true, aliases: [] });
  const noMain = { code: 'damaged', names: ['shallow-tag', 'branch main'], hint: /fetch it again/ } as const;
  await expectFailure(showModel(registry, 'shallow-tag'), noMain);
  await expectFailure(editVersion(registry, 'shallow-tag@v2', { description: 'x' }), noMain);
});

describe.each(['blobless', 'treeless'])('in a clone without contents, %s', (model) => {
  const missing = {
    code: 'not-found',
    names: [model, /object [0-9a-f]{40} is not in .*, a partial clone/],
    hint: /fetch/,
  } as const;

  test('every reading says which object is not there, and nothing is fetched', async () => {
    const { registry, work } = fixture;
    const before = objectCount(model);
    await expectFailure(listVersions(registry, model), missing);
    await expectFailure(showVersion(registry, `${model}@v1`), missing);
    await expectFailure(takeOut(registry, `${model}@v1`, join(work, 'never')), missing);
    await expectFailure(openFile(registry, `${model}@v1:config.json`), missing);
    const verified = await verifyModel(registry, model);
    const modelAndVersions = [...Array(4)].map(() => [false, 'not-found']);
    expect(verified.map(({ ok, problems }) => [ok, problems[0]?.code])).toEqual(modelAndVersions);
    expect(objectCount(model)).toBe(before);
  });
});

describe('in a clone without weights', () => {
  const model = 'without-large';

  test('everything is listed and shown', async () => {
    const { registry } = fixture;
    const listed = await listVersions(registry, model);
    expect(listed.map(({ version }) => version)).toEqual(['3.0+other', 'v2', 'v1']);
    const shown = await showVersion(registry, `${model}@v1`);
    expect(shown.files).toHaveLength(Object.keys(versions[0]!.files).length);
  });

  test('small files are read and taken out', async () => {
    const { registry, work } = fixture;
    using file = await openFile(registry, `${model}@v1:config.json`);
    expect(Buffer.from(await file.read(0, 100))).toEqual(versions[0]!.files['config.json']!.bytes);
    const only = ['vocab', '*.json', '*.sh'];
    expect(await takeOut(registry, `${model}@v2`, join(work, 'small'), { only })).toMatchObject({
      files: 32,
    });
  });

  test('weights that are not here are not found, and the message names file or object', async () => {
    const { registry, work } = fixture;
    const before = objectCount(model);
    const path = 'weights.safetensors';
    using file = await openFile(registry, `${model}@v1:${path}`);
    await expectFailure(file.read(file.size - 10, 10), {
      code: 'not-found',
      names: [`${model}@v1:${path}`, /object [0-9a-f]{40}/],
      hint: /fetch/,
    });
    await expectFailure(takeOut(registry, `${model}@v1`, join(work, 'large'), { only: [path] }), {
      code: 'not-found',
      names: [`${model}@v1`, /object [0-9a-f]{40}/],
      hint: /fetch/,
    });
    const verified = await verifyVersion(registry, `${model}@v1`);
    expect(verified.ok).toBe(false);
    expect([...new Set(verified.problems.map(({ code }) => code))]).toEqual(['not-found']);
    expect(verified.problems.map((problem) => problem.path)).toContain(path);
    expect(objectCount(model)).toBe(before);
  });

  test('nothing that can be asked for again counts as garbage', async () => {
    const { registry } = fixture;
    const plan = await planCollection(registry, { graceMs: 0 });
    expect(plan.models.find((each) => each.model === model)).toEqual({
      ...{ model, freed: 0, objects: 0, packsDropped: 0, packsRewritten: 0 },
    });
    const { freed } = await planVersionDeletion(registry, `${model}@v1`);
    const before = bytesOf(fixture.gitDir(model));
    await deleteVersion(registry, `${model}@v1`);
    expectFreed(fixture.gitDir(model), before, freed);
    expect(await listVersions(registry, model)).toHaveLength(2);
  });
});

/** Objects that are here; Git is kept from fetching the others. */
function objectCount(model: string): number {
  const check = ['-c', 'remote.origin.promisor=false', 'cat-file', '--batch-all-objects', '--batch-check'];
  return git(fixture.gitDir(model), check).toString().split('\n').length;
}
