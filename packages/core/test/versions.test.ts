import { join } from 'node:path';
import { fsckStrict, git, gitText, pseudoRandomBytes } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  type CreateVersionOptions,
  collectGarbage,
  createModel,
  createVersion,
  deleteVersion,
  editModel,
  editVersion,
  listVersions,
  openFile,
  planVersionDeletion,
  type Registry,
  renameVersion,
  showModel,
  showVersion,
  takeOut,
  verifyModel,
  verifyVersion,
} from '../src/index.ts';
import { editMain } from '../src/models/main-branch.ts';
import { withModel } from '../src/models/model-repository.ts';
import { ForgedRepository } from './forged-repository.ts';
import {
  expectFailure,
  expectRefusal,
  type RegistryFixture,
  registryFixture,
  stateOf,
} from './registry-fixture.ts';

const MIB = 1024 * 1024;

describe('making a version', () => {
  test('all that is said of it is shown again', async () => {
    using fixture = await withEmptyModel();
    const { registry } = fixture;
    await add(fixture, 'v1');
    const details = {
      description: '\nBetter\n\nCairn-Type: packaged\nCairn-Files: 9\n',
      base: 'v1',
      params: { epochs: '40', 'learning rate': '1e-3', constructor: 'x' },
      metrics: { mae: 1.92, big: 1e308, zero: -0, small: 5e-324 },
      labels: { stage: 'test' },
      framework: 'pytorch',
    };
    const { version, stored, reused } = await add(fixture, 'v2', details);
    expect(version).toMatchObject({
      ...details,
      description: details.description.trim(),
      metrics: { ...details.metrics, zero: 0 },
      model: 'm',
      version: 'v2',
      type: 'plaintext',
      createdBy: { name: 'Ada', email: 'ada@example.org' },
      latest: true,
      aliases: [],
      size: 3 * MIB + 2,
    });
    expect(await showVersion(registry, 'm@v2')).toEqual(version);
    expect(await showVersion(registry, 'm')).toEqual(version);
    expect(stored.bytes).toBe(2);
    expect(reused.bytes).toBe(3 * MIB);
    expect((await listVersions(registry, 'm'))[0]).toMatchObject({
      version: 'v2',
      type: 'plaintext',
      files: 2,
      description: details.description.trim(),
    });
    fsckStrict(fixture.gitDir('m'));
  });

  test('it is listed newest first, and of one moment by the order of its names', async () => {
    using fixture = await withEmptyModel();
    const { registry, clock } = fixture;
    for (const name of ['v9', 'v10', 'v1']) {
      clock.at = Date.UTC(2026, 5, 1);
      await add(fixture, name);
    }
    clock.at = Date.UTC(2026, 0, 1);
    await add(fixture, 'older');
    const order = (await listVersions(registry, 'm')).map(
      ({ version, latest }) => `${version}${latest ? '*' : ''}`,
    );
    expect(order).toEqual(['v10*', 'v9', 'v1', 'older']);
    expect(await showVersion(registry, 'm@latest')).toMatchObject({ version: 'v10' });
  });

  test.each<[string, Partial<CreateVersionOptions>, string]>([
    ['a metric that is not a number', { metrics: { mae: Number.NaN } }, 'mae'],
    ['an infinite metric', { metrics: { mae: Number.POSITIVE_INFINITY } }, 'mae'],
    ['a metric that is text', { metrics: { mae: '1' as unknown as number } }, 'mae'],
    ['a param that is a number', { params: { epochs: 40 as unknown as string } }, 'epochs'],
    ['a metric that would be lost', { metrics: JSON.parse('{"__proto__":1}') }, 'metrics: __proto__'],
    ['a param that would be lost', { params: JSON.parse('{"__proto__":"1"}') }, 'params: __proto__'],
    ['a label that would be lost', { labels: JSON.parse('{"__proto__":"1"}') }, 'labels: __proto__'],
    ['a label without a name', { labels: { '': 'x' } }, 'label'],
    ['a label that is too long', { labels: { x: 'x'.repeat(10_001) } }, 'label'],
    ['a description that is too long', { description: 'x'.repeat(100_001) }, 'description'],
    ['a description with a NUL', { description: 'a\0b' }, 'description'],
    ['a base that is no name', { base: '../v1' }, '../v1'],
    ['a framework that is none', { framework: 1 as unknown as string }, 'framework'],
  ])('%s is refused before anything is read or made', async (_, options, name) => {
    using fixture = await registryFixture();
    const refused = { code: 'invalid', names: [name], hint: /./ } as const;
    const onProgress = () => expect.unreachable();
    await expectRefusal(
      fixture,
      () => add(fixture, 'v1', { ...options, onProgress, createModel: true }),
      refused,
    );
  });

  test('a model that is not there is not made, unless asked for', async () => {
    using fixture = await registryFixture();
    const missing = {
      code: 'not-found',
      names: ['m', fixture.registry.path],
      hint: /cairn new m.*--create/,
    } as const;
    await expectRefusal(fixture, () => add(fixture, 'v1'), missing);
    await add(fixture, 'v1', { createModel: true });
    expect(await showModel(fixture.registry, 'm')).toMatchObject({ latest: 'v1' });
  });

  test('a base that is not there is named', async () => {
    using fixture = await withEmptyModel();
    const missing = { code: 'not-found', names: ['m', 'v0'], hint: /cairn ls m/ } as const;
    await expectRefusal(fixture, () => add(fixture, 'v1', { base: 'v0' }), missing);
  });
});

describe('describing a version anew', () => {
  test('writes a note on main, and leaves the version as it is', async () => {
    using fixture = await withEmptyModel();
    const { registry, gitDir } = fixture;
    await add(fixture, 'v1', { description: 'first' });
    const tag = gitText(gitDir('m'), 'rev-parse', 'v1');
    expect(await editVersion(registry, 'm@latest', { description: ' second\n' })).toMatchObject({
      description: 'second',
    });
    expect(await showVersion(registry, 'm@v1')).toMatchObject({ description: 'second' });
    expect((await listVersions(registry, 'm'))[0]).toMatchObject({ description: 'second' });
    expect(gitText(gitDir('m'), 'rev-parse', 'v1')).toBe(tag);
    expect(gitText(gitDir('m'), 'log', '-1', '--format=%s', 'main')).toBe('describe v1');
    await editModel(registry, 'm', { description: 'x' });
    expect(await editVersion(registry, 'm@v1', { description: '' })).toMatchObject({ description: '' });
  });

  test('a version that is not there, or a text that is too long, changes nothing', async () => {
    using fixture = await withEmptyModel();
    const { registry } = fixture;
    await add(fixture, 'v1');
    const edit = (reference: string, description: string) => () =>
      editVersion(registry, reference, { description });
    await expectRefusal(fixture, edit('m@v2', 'x'), { code: 'not-found', names: ['v2'], hint: /cairn ls m/ });
    const long = { code: 'invalid', names: ['description'], hint: /card/ } as const;
    await expectRefusal(fixture, edit('m@v1', 'x'.repeat(100_001)), long);
    await expectRefusal(fixture, edit('m', 'x'), { code: 'invalid', names: ['m'], hint: /name one version/ });
  });
});

describe('renaming a version', () => {
  test('keeps its files, its time and who made it, and takes its note and aliases along', async () => {
    using fixture = await withEmptyModel();
    const { registry, gitDir, work } = fixture;
    const { version: before } = await add(fixture, 'v1', { description: 'first', metrics: { mae: 1 } });
    await add(fixture, 'v2');
    await editVersion(registry, 'm@v1', { description: 'noted' });
    await setAlias(registry, 'prod', 'v1');
    const files = gitText(gitDir('m'), 'rev-parse', 'v1:files');

    await renameVersion(registry, 'm@v1', 'first');

    const { tag, commit, version, ...kept } = await showVersion(registry, 'm@first');
    const { tag: _, commit: __, version: ___, ...old } = before;
    expect(kept).toEqual({ ...old, description: 'noted', latest: false, aliases: ['prod'] });
    expect(await showVersion(registry, 'm@prod')).toMatchObject({ version: 'first' });
    expect(gitText(gitDir('m'), 'rev-parse', 'first:files')).toBe(files);
    expect(JSON.parse(gitText(gitDir('m'), 'show', 'first:version.json'))).toMatchObject({
      version: 'first',
    });
    expect(gitText(gitDir('m'), 'tag', '-l')).toBe('first\nv2');
    expect(gitText(gitDir('m'), 'ls-tree', '--name-only', 'main:notes')).toBe('first.json');
    await takeOut(registry, 'm@first', join(work, 'out'));
    await expectFailure(showVersion(registry, 'm@v1'), { code: 'not-found', names: ['v1'] });
    fsckStrict(gitDir('m'));
  });

  test('keeps what it does not know of version.json', async () => {
    using fixture = await withEmptyModel();
    const { registry, gitDir } = fixture;
    const forged = new ForgedRepository(gitDir('m'));
    const extra = {
      x: { y: [1] },
      createdBy: { name: 'E', email: 'e', org: 'o' },
      sources: [{ kind: 'dvc', rev: '1' }],
    };
    forged.version({ files: [{ path: 'a.txt', content: 'a', listed: { tensors: 3 } }], document: extra });
    await renameVersion(registry, 'm@bad', 'good');
    const document = JSON.parse(gitText(gitDir('m'), 'show', 'good:version.json'));
    expect(document).toMatchObject({ ...extra, version: 'good', files: [{ path: 'a.txt', tensors: 3 }] });
    expect(await verifyVersion(registry, 'm@good')).toMatchObject({ ok: true });
  });

  test('is refused while nobody can tell whether it was shared', async () => {
    using fixture = await withEmptyModel();
    const { registry, gitDir } = fixture;
    await add(fixture, 'v1');
    git(gitDir('m'), ['remote', 'add', 'origin', 'https://example.invalid/x.git']);
    const refused = { code: 'refused', names: ['shared through origin'], hint: /can be reached/ } as const;
    await expectRefusal(fixture, () => renameVersion(registry, 'm@v1', 'v2'), refused);
  });

  test('one that is not there is named', async () => {
    using fixture = await withEmptyModel();
    const missing = { code: 'not-found', names: ['m', 'v1'], hint: /cairn ls m/ } as const;
    await expectRefusal(fixture, () => renameVersion(fixture.registry, 'm@v1', 'v2'), missing);
    const half = { code: 'invalid', names: ['m'], hint: /name one version/ } as const;
    await expectRefusal(fixture, () => renameVersion(fixture.registry, 'm', 'v2'), half);
  });
});

describe('deleting a version', () => {
  test('frees what it alone used, as was said before, and leaves the others whole', async () => {
    using fixture = await withEmptyModel();
    const { registry, gitDir } = fixture;
    await add(fixture, 'v1');
    fixture.write({ 'source/own.bin': pseudoRandomBytes('own', 2 * MIB) });
    await add(fixture, 'v2');
    await editVersion(registry, 'm@v2', { description: 'noted' });
    const before = stateOf(registry);
    const plan = await planVersionDeletion(registry, 'm@v2');
    expect(stateOf(registry)).toEqual(before);
    expect(plan.version).toBe('v2');
    expect(plan.freed).toBeGreaterThan(2 * MIB);
    expect(plan.freed).toBeLessThan(2.1 * MIB);

    expect(await deleteVersion(registry, 'm@v2')).toEqual({ ...plan, pending: false });

    expect((await listVersions(registry, 'm')).map(({ version }) => version)).toEqual(['v1']);
    await expectFailure(showVersion(registry, 'm@v2'), { code: 'not-found', names: ['v2'] });
    expect(await verifyModel(registry, 'm')).toMatchObject([{ version: 'v1', ok: true }]);
    expect(gitText(gitDir('m'), 'ls-tree', '-r', '--name-only', 'main')).toBe('README.md\nmodel.json');
    expect((await collectGarbage(registry, { graceMs: 0 })).freed).toBeLessThan(10_000);
    fsckStrict(gitDir('m'));
    await add(fixture, 'v2');
  });

  test('is refused while an alias stands for it, and through an alias', async () => {
    using fixture = await withEmptyModel();
    const { registry } = fixture;
    await add(fixture, 'v1');
    await setAlias(registry, 'prod', 'v1');
    const held = { code: 'refused', names: ['m@v1', 'prod'], hint: /move prod/ } as const;
    await expectRefusal(fixture, () => deleteVersion(registry, 'm@v1'), held);
    const followed = { code: 'refused', names: ['prod', 'v1'], hint: /m@v1/ } as const;
    await expectRefusal(fixture, () => deleteVersion(registry, 'm@prod'), followed);
  });

  test('latest is the newest; what is not there is named', async () => {
    using fixture = await withEmptyModel();
    const { registry } = fixture;
    await add(fixture, 'v1');
    await add(fixture, 'v2');
    expect(await deleteVersion(registry, 'm@latest')).toMatchObject({ version: 'v2' });
    const missing = { code: 'not-found', names: ['m', 'v2'], hint: /cairn ls m/ } as const;
    await expectRefusal(fixture, () => deleteVersion(registry, 'm@v2'), missing);
    await deleteVersion(registry, 'm@v1');
    expect(await showModel(registry, 'm')).toMatchObject({ versions: 0, latest: null });
    await expectRefusal(fixture, () => deleteVersion(registry, 'm@latest'), {
      code: 'not-found',
      names: ['m'],
    });
  });
});

describe('reading a file in place', () => {
  test('gives any range of it, and no more than there is', async () => {
    using fixture = await withEmptyModel();
    const whole = pseudoRandomBytes('weights', 3 * MIB);
    await add(fixture, 'v1');
    using file = await openFile(fixture.registry, 'm@v1:weights.bin');
    expect(file).toMatchObject({ path: 'weights.bin', size: 3 * MIB });
    for (const [offset, length] of [
      [0, 0],
      [0, 1],
      [MIB - 1, 2],
      [100, 2.5 * MIB],
      [3 * MIB - 1, 10],
      [3 * MIB, 1],
      [9e15, 9e15],
    ] as const) {
      expect(Buffer.compare(await file.read(offset, length), whole.subarray(offset, offset + length))).toBe(
        0,
      );
    }
    expect(Buffer.compare(Buffer.concat(await Array.fromAsync(file.stream())), whole)).toBe(0);
    expect(Buffer.concat(await Array.fromAsync(file.stream({ offset: 3 * MIB - 5 }))).length).toBe(5);
    for (const [offset, length] of [
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      await expectFailure(file.read(offset, length), { code: 'invalid', names: ['weights.bin'] });
    }
  });

  test('what is no file of a version is refused', async () => {
    using fixture = await withEmptyModel();
    await add(fixture, 'v1');
    await expectFailure(openFile(fixture.registry, 'm@v1'), {
      code: 'invalid',
      names: ['no file'],
      hint: /:path/,
    });
    const missing = {
      code: 'not-found',
      names: ['m@v1', 'weights.bin.parts'],
      hint: /cairn show m@v1/,
    } as const;
    await expectFailure(openFile(fixture.registry, 'm@v1:weights.bin.parts'), missing);
  });
});

describe('verifying', () => {
  test('reads every byte of every version once, and says what it read', async () => {
    using fixture = await withEmptyModel();
    const { registry } = fixture;
    await add(fixture, 'v1');
    await add(fixture, 'v2');
    let read = 0;
    const verified = await verifyModel(registry, 'm', {
      onProgress: ({ phase, done, total }) => {
        expect(phase).toBe('verifying');
        expect(total).toBe(3 * MIB + 4);
        read = done;
      },
    });
    const sound = { model: 'm', ok: true, files: 2, bytes: 3 * MIB + 2, opened: null, problems: [] };
    expect(verified).toEqual([
      { ...sound, version: 'v2' },
      { ...sound, version: 'v1' },
    ]);
    expect(read).toBe(3 * MIB + 4);
    await expectFailure(verifyVersion(registry, 'm@v3'), {
      code: 'not-found',
      names: ['v3'],
      hint: /cairn ls m/,
    });
  });
});

/** A model, and beside the registry a folder with a large file and a small one. */
async function withEmptyModel(): Promise<RegistryFixture> {
  const fixture = await registryFixture();
  await createModel(fixture.registry, 'm');
  return fixture;
}

/** Adds the folder with a large file that stays the same and a small one that names the version. */
function add(
  { registry, write }: RegistryFixture,
  version: string,
  options: Partial<CreateVersionOptions> = {},
) {
  const weights = pseudoRandomBytes('weights', 3 * MIB);
  const path = write({ 'source/weights.bin': weights, 'source/name.txt': version.slice(0, 2) });
  return createVersion(registry, { model: 'm', version }, { ...options, sources: [{ path }] });
}

function setAlias(registry: Registry, alias: string, version: string): Promise<void> {
  return withModel(registry, 'm', (repository) =>
    editMain(repository, registry, {
      model: 'm',
      message: `${alias} is ${version}`,
      change: ({ document, card }) => ({ document: { ...document, aliases: { [alias]: version } }, card }),
    }),
  );
}
