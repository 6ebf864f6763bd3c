import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createBundle,
  createVersion,
  editModel,
  importBundle,
  listModels,
  listVersions,
  openRegistry,
  type Registry,
  showModel,
  showVersion,
} from '../../src/index.ts';
import { type LazyFixture, lazyFixture } from '../lazy/lazy-fixture.ts';
import { history, type KnownVersion, noise, storeHistory, storeVersion, text } from '../oracle/history.ts';
import { expectTakenOut } from '../oracle/read-back.ts';
import { expectFailure, type RegistryFixture, registryFixture } from '../registry-fixture.ts';

const versions = history();
const OTHER: KnownVersion = {
  name: 'v1',
  description: 'Of another model',
  files: { 'weights.bin': noise('second model', 300_000), 'config.json': text('{}\n') },
};

let fixture: RegistryFixture;
let registry: Registry;
let bundle: string;
let target: RegistryFixture;
let there: Registry;

beforeAll(async () => {
  fixture = await registryFixture();
  registry = await withGit(fixture);
  await storeHistory(fixture, 'm', versions);
  await storeHistory(fixture, 'other', [OTHER]);
  bundle = join(fixture.work, 'both.bundle');
  const made = await createBundle(registry, ['m', 'other'], bundle);
  expect(made.models).toEqual([
    { model: 'm', versions: ['v1', 'v2', '3.0+other'] },
    { model: 'other', versions: ['v1'] },
  ]);
  expect(made).toMatchObject({ file: bundle, size: readFileSync(bundle).length });
});

afterAll(() => fixture[Symbol.dispose]());

beforeEach(async () => {
  target = await registryFixture();
  there = await withGit(target);
});

afterEach(() => target[Symbol.dispose]());

function withGit({ registry: { path, environment } }: RegistryFixture): Promise<Registry> {
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
  };
  return openRegistry(path, { ...environment, programs: { variables, git: 'git', interactive: false } });
}

/** What the repository of a model says of remotes and what is known of them: nothing, after an import. */
function tracesOf(model: string): string[] {
  const gitDir = target.gitDir(model);
  const refs = gitText(gitDir, 'for-each-ref', '--format=%(refname)', 'refs/remotes', 'refs/cairn');
  const names = readdirSync(join(gitDir, 'cairn'), { recursive: true }).map(String);
  const config = readFileSync(join(gitDir, 'config'), 'utf8').split('\n');
  return [
    ...(refs === '' ? [] : [refs]),
    ...names.filter((name) => name.includes('bundle')),
    ...config.filter((line) => /^\[(remote|branch) /.test(line)),
  ];
}

describe('a bundle', () => {
  test('is one that Git verifies, clones and fetches from', () => {
    gitText(fixture.gitDir('m'), 'bundle', 'verify', bundle);
    const clone = join(target.work, 'clone');
    const options = ['-c', 'advice.detachedHead=false', 'clone', '--quiet', '--branch', 'other/v1'];
    git(target.work, [...options, bundle, clone]);
    expect(readFileSync(join(clone, 'files', 'config.json'), 'utf8')).toBe('{}\n');
    const bare = join(target.work, 'bare.git');
    gitText(target.work, 'init', '--quiet', '--bare', bare);
    gitText(
      bare,
      'fetch',
      '--quiet',
      '--no-tags',
      bundle,
      'refs/heads/models/m:refs/heads/main',
      'refs/tags/m/*:refs/tags/*',
    );
    fsckStrict(bare);
    const refs = (gitDir: string) => gitText(gitDir, 'for-each-ref', 'refs/heads', 'refs/tags');
    expect(refs(bare)).toBe(refs(fixture.gitDir('m')));
  });

  test('of some versions has no others', async () => {
    const file = join(target.work, 'some.bundle');
    expect((await createBundle(registry, ['m@v2', 'm@latest'], file)).models).toEqual([
      { model: 'm', versions: ['v2', '3.0+other'] },
    ]);
    await importBundle(there, file);
    expect((await listVersions(there, 'm')).map(({ version }) => version)).toEqual(['3.0+other', 'v2']);
  });

  test('does not take the place of a file, unless told to, and nothing stays of one that fails', async () => {
    const file = join(target.work, 'there.bundle');
    writeFileSync(file, 'mine');
    const taken = { code: 'exists', names: ['there.bundle'] } as const;
    await expectFailure(createBundle(registry, ['m'], file), taken);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await createBundle(registry, ['other'], file, { force: true });
    await expectFailure(createBundle(registry, ['nobody'], file), { code: 'not-found', names: ['nobody'] });
    await expectFailure(createBundle(registry, ['m@v9'], file), { code: 'not-found', names: ['v9'] });
    const signal = AbortSignal.abort();
    const other = join(target.work, 'other.bundle');
    await expectFailure(createBundle(registry, ['m'], other, { signal }), { code: 'cancelled', names: [] });
    expect(readdirSync(target.work)).toEqual(['there.bundle']);
  });
});

describe('importing a bundle', () => {
  test('makes the models that are missing, with all they hold', async () => {
    const imported = await importBundle(there, bundle);
    expect(imported.problems).toEqual([]);
    expect(imported.models).toMatchObject([
      { model: 'm', main: 'created', versions: ['3.0+other', 'v1', 'v2'].sort(), problems: [] },
      { model: 'other', main: 'created', versions: ['v1'], problems: [] },
    ]);
    for (const version of versions) await expectTakenOut(there, `m@${version.name}`, version);
    await expectTakenOut(there, 'other@v1', OTHER);
    expect(await showModel(there, 'm')).toMatchObject({ description: 'All of m' });
    for (const model of ['m', 'other']) {
      fsckStrict(target.gitDir(model));
      expect(tracesOf(model)).toEqual([]);
    }
    expect(readdirSync(join(there.path, '.cairn')).filter((name) => /bundle|tmp/.test(name))).toEqual([]);
  });

  test('again changes nothing', async () => {
    await importBundle(there, bundle);
    const before = gitText(target.gitDir('m'), 'for-each-ref');
    const { models } = await importBundle(there, bundle);
    expect(models).toMatchObject([
      { main: 'same', versions: [], problems: [] },
      { main: 'same', versions: [], problems: [] },
    ]);
    expect(gitText(target.gitDir('m'), 'for-each-ref')).toBe(before);
    expect(tracesOf('m')).toEqual([]);
  });

  test('brings what is new, and merges edits', async () => {
    await importBundle(there, bundle);
    await editModel(there, 'other', { description: 'Described there' });
    await editModel(registry, 'other', { labels: { from: 'here' } });
    await storeVersion(fixture, 'other', { ...OTHER, name: 'v2' });
    const file = join(target.work, 'second.bundle');
    await createBundle(registry, ['other'], file);
    expect((await importBundle(there, file)).models).toMatchObject([
      { model: 'other', main: 'merged', versions: ['v2'], problems: [] },
    ]);
    expect(await showModel(there, 'other')).toMatchObject({
      description: 'Described there',
      labels: { kind: 'test', from: 'here' },
    });
    expect(tracesOf('other')).toEqual([]);
  });

  test('keeps what is here where a version has another content, and says what each side has', async () => {
    const source = target.write({ 'own/file.txt': 'mine' });
    const mine = { sources: [{ path: source }], createModel: true };
    await createVersion(there, { model: 'other', version: 'v1' }, mine);
    const before = await showVersion(there, 'other@v1');
    const { models } = await importBundle(there, bundle);
    const { problems } = models.find(({ model }) => model === 'other')!;
    const problem = problems.find(({ version }) => version === 'v1');
    expect(problem).toMatchObject({
      kind: 'version-conflict',
      model: 'other',
      version: 'v1',
      message: expect.stringContaining('both.bundle'),
      ours: { files: 1 },
      theirs: { files: 2 },
    });
    expect(await showVersion(there, 'other@v1')).toEqual(before);
    await expectTakenOut(there, 'm@v1', versions[0]!);
  });

  test('refuses what is no bundle, and one that is cut or altered, and makes no model', async () => {
    const file = join(target.work, 'bad.bundle');
    const bytes = readFileSync(bundle);
    await expectFailure(importBundle(there, file), { code: 'not-found', names: ['bad.bundle'] });
    for (const bad of [Buffer.alloc(0), Buffer.from('PACK'), bytes.subarray(1)]) {
      writeFileSync(file, bad);
      await expectFailure(importBundle(there, file), { code: 'damaged', names: ['is no Git bundle'] });
    }
    const altered = Buffer.from(bytes);
    altered[Math.floor(bytes.length / 2)]! ^= 1;
    for (const bad of [bytes.subarray(0, bytes.length - 1000), bytes.subarray(0, 100), altered]) {
      writeFileSync(file, bad);
      await expectFailure(importBundle(there, file), { code: 'damaged', names: ['bad.bundle is damaged'] });
    }
    mkdirSync(join(target.work, 'folder.bundle'));
    await expectFailure(importBundle(there, join(target.work, 'folder.bundle')), {
      code: 'failed',
      names: [],
    });
    expect(await listModels(there)).toEqual([]);
  });

  test('refuses one that has only what is new', async () => {
    const file = join(target.work, 'thin.bundle');
    const gitDir = fixture.gitDir('m');
    const commit = gitText(gitDir, 'commit-tree', '-m', 'x', '-p', 'main', 'main^{tree}');
    gitText(gitDir, 'update-ref', 'refs/heads/models/m', commit);
    gitText(gitDir, 'bundle', 'create', '--quiet', file, 'refs/heads/models/m', '^main');
    gitText(gitDir, 'update-ref', '-d', 'refs/heads/models/m');
    await expectFailure(importBundle(there, file), { code: 'unsupported', names: ['only what is new'] });
  });

  test('refuses one whose pack lacks what it names', async () => {
    const gitDir = fixture.gitDir('other');
    const [main, blob] = ['refs/heads/main', 'refs/tags/v1:files/config.json'].map((name) =>
      gitText(gitDir, 'rev-parse', name),
    );
    const all = gitText(gitDir, 'rev-list', '--objects', '--no-object-names', 'main', 'v1').split('\n');
    const tag = gitText(gitDir, 'rev-parse', 'refs/tags/v1');
    const kept = [...all, tag].filter((id) => id !== blob);
    const pack = git(gitDir, ['pack-objects', '--stdout', '-q'], `${kept.join('\n')}\n`);
    const refs = `${main} refs/heads/models/lacking\n${tag} refs/tags/lacking/v1\n`;
    const file = join(target.work, 'lacking.bundle');
    writeFileSync(file, Buffer.concat([Buffer.from(`# v2 git bundle\n${refs}\n`), pack]));
    await expectFailure(importBundle(there, file), {
      code: 'damaged',
      names: ['lacking.bundle is not whole'],
      hint: /cairn bundle create/,
    });
    expect(await listModels(there)).toEqual([]);
  });

  test('passes over names that a registry cannot have, and hostile contents', async () => {
    const evil = join(target.work, 'evil.git');
    gitText(target.work, 'clone', '--quiet', '--bare', fixture.gitDir('other'), evil);
    const main = gitText(evil, 'rev-parse', 'main');
    const tag = gitText(evil, 'rev-parse', 'refs/tags/v1');
    for (const ref of ['refs/heads/models/good', 'refs/heads/models/-rf'])
      gitText(evil, 'update-ref', ref, main);
    const blob = git(evil, ['hash-object', '-w', '--stdin'], 'x').toString().trim();
    const tree = git(evil, ['mktree'], `100644 blob ${blob}\tversion.json\n`).toString().trim();
    const commit = gitText(evil, 'commit-tree', '-m', 'x', tree);
    gitText(evil, 'tag', '-a', '-m', 'x', 'good/v2', commit);
    for (const ref of ['refs/tags/good/latest', 'refs/tags/good/v1']) gitText(evil, 'update-ref', ref, tag);
    const file = join(target.work, 'evil.bundle');
    gitText(evil, 'bundle', 'create', '--quiet', file, '--all');
    const { models, problems } = await importBundle(there, file);
    expect(problems.map(({ kind }) => kind)).toEqual(['name', 'name']);
    expect(models).toMatchObject([{ model: 'good', versions: ['v1'] }]);
    expect(models[0]!.problems.map(({ kind, version }) => [kind, version])).toEqual([['unreadable', 'v2']]);
    expect((await listModels(there)).map(({ name }) => name)).toEqual(['good']);
    expect((await listVersions(there, 'good')).map(({ version }) => version)).toEqual(['v1']);
  });

  test('refuses objects that Git must not be given', async () => {
    const evil = join(target.work, 'evil.git');
    gitText(target.work, 'init', '--quiet', '--bare', evil);
    const blob = git(evil, ['hash-object', '-w', '--stdin'], 'x').toString().trim();
    const inner = git(evil, ['mktree'], `100644 blob ${blob}\tconfig\n`).toString().trim();
    const tree = git(
      evil,
      ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'],
      treeOf('.git', inner),
    );
    const commit = gitText(evil, 'commit-tree', '-m', 'x', tree.toString().trim());
    gitText(evil, 'update-ref', 'refs/heads/models/evil', commit);
    const file = join(target.work, 'evil.bundle');
    gitText(evil, 'bundle', 'create', '--quiet', file, '--all');
    const { models } = await importBundle(there, file).catch((error) => ({ models: [], error }));
    expect(models.every(({ versions: none, main }) => none.length === 0 && main === 'none')).toBe(true);
    expect(await listModels(there)).toEqual([]);
  });
});

/** A tree with one folder, whatever its name. */
function treeOf(name: string, id: string): Buffer {
  return Buffer.concat([Buffer.from(`40000 ${name}\0`), Buffer.from(id, 'hex')]);
}

describe('from a lazy clone', () => {
  let lazy: LazyFixture;

  beforeAll(async () => {
    lazy = await lazyFixture(async (origin) => {
      await storeHistory(origin, 'm', versions);
      await editModel(origin.registry, 'm', { card: `${'long '.repeat(20_000)}\n` });
      await editModel(origin.registry, 'm', { card: 'short\n' });
    });
    lazy.clone('m');
  });

  afterAll(() => lazy[Symbol.dispose]());

  test('a bundle has all, which is fetched first', async () => {
    const file = join(lazy.lazy.work, 'lazy.bundle');
    await createBundle(lazy.registry, ['m@v1'], file);
    copyFileSync(file, join(target.work, 'copied.bundle'));
    await importBundle(there, join(target.work, 'copied.bundle'));
    await expectTakenOut(there, 'm@v1', versions[0]!);
    fsckStrict(target.gitDir('m'));
    expect(await showModel(there, 'm')).toMatchObject({ card: 'short\n' });
  });

  test('nothing is written when it cannot be fetched', async () => {
    rmSync(lazy.lazy.gitDir('m'), { recursive: true });
    lazy.clone('m');
    lazy.hide('m');
    const file = join(lazy.lazy.work, 'never.bundle');
    await expectFailure(createBundle(lazy.registry, ['m@v1'], file), { code: 'network', names: ['m'] });
    expect(readdirSync(lazy.lazy.work)).not.toContain('never.bundle');
    lazy.unhide('m');
  });
});
