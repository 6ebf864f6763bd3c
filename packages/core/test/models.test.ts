import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  createModel,
  createVersion,
  deleteModel,
  editModel,
  editVersion,
  findRegistry,
  initRegistry,
  listModels,
  listVersions,
  openRegistry,
  planModelDeletion,
  renameModel,
  showModel,
  showVersion,
  takeOut,
  verifyRegistry,
} from '../src/index.ts';
import { ForgedRepository } from './forged-repository.ts';
import {
  environment,
  expectFailure,
  expectRefusal,
  filesBelow,
  type RegistryFixture,
  registryFixture,
  stateOf,
} from './registry-fixture.ts';

const TEMPLATE = join(import.meta.dirname, '../../../registry-template');
const ADA = { name: 'Ada', email: 'ada@example.org' };

describe('making a registry', () => {
  test('gives a Git repository with everything of the template, under a name of its own', async () => {
    using fixture = await registryFixture();
    const folder = join(fixture.work, 'new/team');
    const options = { template: TEMPLATE, description: 'ours' };
    const registry = await initRegistry(folder, options, environment());
    expect(registry).toMatchObject({ path: folder, name: 'team', description: 'ours' });
    expect(gitText(folder, 'status', '--porcelain')).toBe('');
    expect(gitText(folder, 'log', '--format=%an <%ae> %s')).toBe('Ada <ada@example.org> Make this registry');
    fsckStrict(folder);
    expect(await findRegistry(join(folder, 'models'))).toBe(folder);
    expect(await listModels(registry)).toEqual([]);
    expect(readdirSync(join(folder, '..'))).toEqual(['team']);
  });

  test('keeps what it does not know of the template', async () => {
    using fixture = await registryFixture();
    const text = '{"schema":"cairn.registry/1","name":"x","description":"","team":{"size":3}}';
    const template = fixture.write({ 'template/registry.json': text, 'template/.gitignore': 'models/\n' });
    await initRegistry(join(fixture.work, 'r'), { template, name: 'mine' }, environment());
    const { schema, ...rest } = JSON.parse(gitText(join(fixture.work, 'r'), 'show', 'main:registry.json'));
    expect(rest).toEqual({ name: 'mine', description: '', team: { size: 3 } });
  });

  test('an empty folder is filled; a registry, a folder with something in it and a file are left alone', async () => {
    using fixture = await registryFixture();
    const { work, registry } = fixture;
    const init = (path: string) => initRegistry(path, { template: TEMPLATE }, environment());
    mkdirSync(join(work, 'empty'));
    await init(join(work, 'empty'));
    const full = fixture.write({ 'full/mine.txt': 'mine' });
    const file = fixture.write({ file: 'mine' });
    const before = filesBelow(work);
    await expectRefusal(fixture, () => init(registry.path), {
      code: 'exists',
      names: [registry.path],
      hint: /cairn ls/,
    });
    await expectFailure(init(full), { code: 'refused', names: [full, 'not empty'], hint: /cairn init/ });
    await expectFailure(init(file), {
      code: 'refused',
      names: [file, 'not a folder'],
      hint: /another place/,
    });
    expect(filesBelow(work)).toEqual(before);
  });

  test('a template that is none leaves nothing behind', async () => {
    using fixture = await registryFixture();
    const folder = join(fixture.work, 'r');
    const template = fixture.write({ 'template/registry.json': '{}' });
    const broken = { code: 'damaged', names: ['registry.json of the template'] } as const;
    await expectFailure(initRegistry(folder, { template }, environment()), broken);
    const missing = { code: 'not-found', names: [join(fixture.work, 'none')] } as const;
    await expectFailure(
      initRegistry(folder, { template: join(fixture.work, 'none') }, environment()),
      missing,
    );
    expect(readdirSync(fixture.work)).toEqual(['template']);
  });
});

describe('the life of a model', () => {
  test('it is made with what is said of it, shown and listed', async () => {
    using fixture = await registryFixture();
    const { registry } = fixture;
    const made = await createModel(registry, 'm', {
      description: '  Prices\n',
      labels: { task: 'regression', constructor: 'x' },
      card: '# Ünï\n',
    });
    expect(made).toMatchObject({
      name: 'm',
      description: 'Prices',
      labels: { task: 'regression', constructor: 'x' },
      aliases: {},
      card: '# Ünï\n',
      createdBy: ADA,
      modifiedBy: ADA,
      latest: null,
      versions: 0,
    });
    expect(made.createdAt).toBe(made.modifiedAt);
    expect(await showModel(registry, 'm')).toEqual(made);
    await createModel(registry, 'bare');
    expect(await showModel(registry, 'bare')).toMatchObject({
      description: '',
      card: '# bare\n',
      labels: {},
    });
    expect((await listModels(registry)).map(({ name, description }) => [name, description])).toEqual([
      ['bare', ''],
      ['m', 'Prices'],
    ]);
    fsckStrict(fixture.gitDir('m'));
  });

  test('an edit changes what it names, as one commit on main, and nothing when nothing changes', async () => {
    using fixture = await registryFixture();
    const { registry, gitDir } = fixture;
    await createModel(registry, 'm', { description: 'one', labels: { a: '1', b: '2' }, card: 'card' });
    expect(await editModel(registry, 'm', { labels: { a: null, c: '3' } })).toMatchObject({
      description: 'one',
      labels: { b: '2', c: '3' },
      card: 'card',
    });
    expect(await editModel(registry, 'm', { description: 'two', card: '' })).toMatchObject({
      description: 'two',
      card: '',
    });
    const before = stateOf(registry);
    await editModel(registry, 'm', { description: 'two', labels: { none: null, b: '2' } });
    expect(stateOf(registry)).toEqual(before);
    expect(gitText(gitDir('m'), 'log', '--format=%s', 'main')).toBe('edit m\nedit m\ncreate m');
    fsckStrict(gitDir('m'));
  });

  test('what other tools put on main stays through edits, unknown fields included', async () => {
    using fixture = await registryFixture();
    const { registry, gitDir } = fixture;
    await createModel(registry, 'm');
    await addVersion(fixture, 'v1');
    const forged = new ForgedRepository(gitDir('m'));
    const document = JSON.parse(gitText(gitDir('m'), 'show', 'main:model.json'));
    forged.main([
      {
        name: 'model.json',
        id: forged.blob(JSON.stringify({ ...document, owner: { team: ['a'] }, x: null })),
      },
      { mode: '100755', name: 'check.sh', id: forged.blob('#!/bin/sh\n') },
      { mode: '40000', name: 'eval', id: forged.tree([{ name: 'r.csv', id: forged.blob('1,2\n') }]) },
      {
        mode: '40000',
        name: 'notes',
        id: forged.tree([{ name: 'README.md', id: forged.blob('about notes') }]),
      },
    ]);
    await editModel(registry, 'm', { description: 'edited' });
    await editVersion(registry, 'm@v1', { description: 'noted' });
    await renameModel(registry, 'm', 'n');
    expect(JSON.parse(gitText(gitDir('n'), 'show', 'main:model.json'))).toEqual({
      ...document,
      name: 'n',
      description: 'edited',
      owner: { team: ['a'] },
      x: null,
    });
    const tree = gitText(gitDir('n'), 'ls-tree', '-r', '--format=%(objectmode) %(path)', 'main').split('\n');
    expect(tree).toEqual([
      '100644 README.md',
      '100755 check.sh',
      '100644 eval/r.csv',
      '100644 model.json',
      '100644 notes/README.md',
      '100644 notes/v1.json',
    ]);
    fsckStrict(gitDir('n'));
  });

  test('what cannot be recorded is refused', async () => {
    using fixture = await registryFixture();
    const { registry } = fixture;
    await createModel(registry, 'm');
    const cases = [
      { description: 'x'.repeat(100_001) },
      { description: 'a\0b' },
      { card: 'x'.repeat(4 * 1024 * 1024 + 1) },
      { labels: { '': 'x' } },
      { labels: { ['k'.repeat(201)]: 'x' } },
      { labels: { k: 'x'.repeat(10_001) } },
    ];
    for (const details of cases) {
      const refused = { code: 'invalid', names: [/description|card|label/], hint: /./ } as const;
      await expectRefusal(fixture, () => editModel(registry, 'm', details), refused);
      await expectRefusal(fixture, () => createModel(registry, 'n', details), refused);
    }
  });

  test('a person that Git cannot record makes nothing', async () => {
    using fixture = await registryFixture();
    const { path } = fixture.registry;
    await createModel(fixture.registry, 'm');
    for (const name of ['Eve <x>', 'Eve\n', 'Eve\0']) {
      const registry = await openRegistry(path, { ...environment(), identity: { name, email: 'e' } });
      const refused = { code: 'invalid', names: ['Eve'] } as const;
      await expectRefusal(fixture, () => createModel(registry, 'n'), refused);
      await expectRefusal(fixture, () => editModel(registry, 'm', { description: 'x' }), refused);
    }
  });

  test('it is renamed with all its versions, which stay as they are', async () => {
    using fixture = await registryFixture();
    const { registry, gitDir, work } = fixture;
    await createModel(registry, 'm', { labels: { a: '1' } });
    await addVersion(fixture, 'v1');
    const tag = gitText(gitDir('m'), 'rev-parse', 'v1');
    await renameModel(registry, 'm', 'M');
    await renameModel(registry, 'M', 'n');
    expect(existsSync(gitDir('m'))).toBe(false);
    expect(gitText(gitDir('n'), 'rev-parse', 'v1')).toBe(tag);
    expect(await showModel(registry, 'n')).toMatchObject({ name: 'n', labels: { a: '1' }, latest: 'v1' });
    expect(await showVersion(registry, 'n@v1')).toMatchObject({ model: 'n', version: 'v1' });
    await takeOut(registry, 'n@v1', join(work, 'out'));
    await expectFailure(showModel(registry, 'm'), { code: 'not-found', names: ['m'] });
    expect((await verifyRegistry(registry)).map(({ ok }) => ok)).toEqual([true]);
  });

  test('it is deleted with all its versions, and what that frees is said before', async () => {
    using fixture = await registryFixture();
    const { registry } = fixture;
    await createModel(registry, 'm');
    await createModel(registry, 'other');
    await addVersion(fixture, 'v1');
    await addVersion(fixture, 'v2');
    const before = stateOf(registry);
    const plan = await planModelDeletion(registry, 'm');
    expect(plan.versions).toEqual(['v2', 'v1']);
    expect(plan.freed).toBeGreaterThan(0);
    expect(stateOf(registry)).toEqual(before);
    expect(await deleteModel(registry, 'm')).toEqual(plan);
    expect((await listModels(registry)).map(({ name }) => name)).toEqual(['other']);
    expect(Object.keys(stateOf(registry)).filter((path) => /\bm\.git|trash/.test(path))).toEqual([]);
    await expectFailure(deleteModel(registry, 'm'), { code: 'not-found', names: ['m'], hint: /cairn ls/ });
    expect(await createModel(registry, 'm')).toMatchObject({ versions: 0 });
  });
});

describe('many models, and several at once', () => {
  test('models made at once are all there, and one name is given once', async () => {
    using fixture = await registryFixture();
    const { registry } = fixture;
    const made = await Promise.allSettled(
      ['a', 'b', 'c', 'a', 'A'].map((name) => createModel(registry, name)),
    );
    const refused = made.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(refused).toEqual(['exists', 'exists']);
    expect((await listModels(registry)).length).toBe(3);
    expect(readdirSync(join(registry.path, '.cairn')).filter((name) => /tmp|lock/.test(name))).toEqual([]);
  });

  test('edits at once all come through', async () => {
    using fixture = await registryFixture();
    const { registry } = fixture;
    await createModel(registry, 'm');
    const keys = ['a', 'b', 'c', 'd'];
    await Promise.all(keys.map((key) => editModel(registry, 'm', { labels: { [key]: key } })));
    expect(Object.keys((await showModel(registry, 'm')).labels)).toEqual(keys);
  });

  test('a list tells what changed since the last one', async () => {
    using fixture = await registryFixture();
    const { registry, clock, gitDir } = fixture;
    await createModel(registry, 'm', { description: 'one' });
    await createModel(registry, 'n');
    clock.at = Date.now() + 3_600_000;
    const first = await listModels(registry);
    expect(await listModels(registry)).toEqual(first);
    expect(readdirSync(join(registry.path, '.cairn/cache'))).toContain('models');
    await editModel(registry, 'm', { description: 'two' });
    await addVersion(fixture, 'v1');
    expect((await listModels(registry))[0]).toMatchObject({
      description: 'two',
      versions: 1,
      latest: 'v1',
      size: 1,
    });
    git(gitDir('m'), ['pack-refs', '--all', '--prune']);
    expect((await listModels(registry))[0]).toMatchObject({ description: 'two', versions: 1, latest: 'v1' });
    git(gitDir('m'), ['tag', '-d', 'v1']);
    expect((await listModels(registry))[0]).toMatchObject({ versions: 0, latest: null });
    await deleteModel(registry, 'n');
    expect((await listModels(registry)).length).toBe(1);
    expect(await listVersions(registry, 'm')).toEqual([]);
  });

  test('a list does not remember what could not be told, as it may be repaired', async () => {
    using fixture = await registryFixture();
    const { registry, clock, gitDir } = fixture;
    await createModel(registry, 'm');
    await addVersion(fixture, 'v1');
    clock.at = Date.now() + 3_600_000;
    const folder = join(gitDir('m'), 'objects/pack');
    const tag = gitText(gitDir('m'), 'rev-parse', 'v1');
    const index = readdirSync(folder)
      .filter((name) => name.endsWith('.idx'))
      .find((name) => gitText(folder, 'verify-pack', '-v', name).includes(tag))!;
    renameSync(join(folder, index), join(folder, 'away'));
    expect((await listModels(registry))[0]).toMatchObject({ versions: 1, latest: null });
    renameSync(join(folder, 'away'), join(folder, index));
    expect((await listModels(registry))[0]).toMatchObject({ versions: 1, latest: 'v1' });
  });

  test('a registry without its folder of models has none', async () => {
    using fixture = await registryFixture();
    expect(await listModels(fixture.registry)).toEqual([]);
    writeFileSync(join(fixture.registry.path, 'models'), '');
    await expectFailure(listModels(fixture.registry), { code: 'not-found', names: ['models'] });
  });
});

function addVersion({ registry, write }: RegistryFixture, version: string) {
  const path = write({ [`${version}.txt`]: version.slice(1) });
  return createVersion(registry, { model: 'm', version }, { sources: [{ path }] });
}
