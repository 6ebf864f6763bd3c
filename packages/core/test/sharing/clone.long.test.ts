import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, pseudoRandomBytes, serveByHttp } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  addRemote,
  cloneRegistry,
  collectGarbage,
  createModel,
  listModels,
  listRemotes,
  listVersions,
  pull,
  push,
  removeRemote,
  setAlias,
  sharingStatus,
  showModel,
  showVersion,
  verifyRegistry,
} from '../../src/index.ts';
import { expectFailure } from '../registry-fixture.ts';
import { gitDirOf, newTeam, personNamed, refsOf } from './sharing-fixture.ts';

const LARGE = pseudoRandomBytes('weights', 300 * 1024);

test('a full clone has everything, and is no partial clone', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'w.bin': LARGE });
  await push(ada);
  const bob = await team.clone('bob', { full: true });
  const missing = gitText(gitDirOf(bob, 'stocks'), 'rev-list', '--objects', '--all', '--missing=print');
  expect(missing).not.toMatch(/^\?/m);
  expect(gitText(gitDirOf(bob, 'stocks'), 'config', '--list')).not.toMatch(/partialclone|promisor/i);
  const results = [];
  for await (const result of await verifyAll(bob)) results.push(result);
  expect(results.every(({ ok }) => ok)).toBe(true);
});

async function verifyAll(registry: Parameters<typeof verifyRegistry>[0]) {
  return verifyRegistry(registry);
}

test('what tells of a version comes with a lazy clone however large it is, and so does a large card', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  const files = Object.fromEntries(
    Array.from({ length: 700 }, (_, index) => [`folder/some-file-${index}.txt`, `${index}`]),
  );
  await createModel(ada, 'stocks', { card: `# Stocks\n${'a long line of the card\n'.repeat(5_000)}` });
  await team.add(ada, 'stocks@v1', files);
  await push(ada);
  const bob = await team.clone('bob');
  team.shared; // The remote is out of reach from here on.
  gitText(gitDirOf(bob, 'stocks'), 'config', 'remote.origin.url', join(team.folder, 'gone.git'));
  expect((await showVersion(bob, 'stocks@v1')).files).toHaveLength(700);
  expect((await showModel(bob, 'stocks')).card.length).toBeGreaterThan(100_000);
});

test('a server that cannot leave anything out is noticed, and the clone has everything', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'w.bin': LARGE });
  await push(ada);
  await using server = await serveByHttp(team.folder, { filters: false });
  const { registry, pull: report } = await cloneRegistry(
    server.urlOf('shared.git'),
    'bob',
    personNamed('bob'),
    {
      from: team.folder,
    },
  );
  expect(report).toMatchObject({ lazy: true, unfiltered: true });
  const missing = gitText(gitDirOf(registry, 'stocks'), 'rev-list', '--objects', '--all', '--missing=print');
  expect(missing).not.toMatch(/^\?/m);
});

test('a clone that is cut short has whole models only, and the same clone goes on with it', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  for (const model of ['a', 'b', 'c', 'd', 'e', 'f']) await team.add(ada, `${model}@v1`, { 'a.txt': model });
  await push(ada);
  const cancel = new AbortController();
  const options = { from: team.folder };
  const cut = cloneRegistry(team.shared, 'bob', personNamed('bob'), {
    ...options,
    signal: cancel.signal,
    onProgress: () => {
      if (existsSync(join(team.folder, 'bob', 'models', 'a.git'))) cancel.abort();
    },
  });
  await expectFailure(cut, { code: 'cancelled', names: ['cancelled'] });
  const there = readdirSync(join(team.folder, 'bob', 'models'));
  expect(there.length).toBeLessThan(6);
  for (const folder of there) git(join(team.folder, 'bob', 'models', folder), ['fsck', '--strict']);
  const { registry, resumed } = await cloneRegistry(team.shared, 'bob', personNamed('bob'), options);
  expect(resumed).toBe(true);
  expect((await listModels(registry)).map(({ name, versions }) => `${name} ${versions}`)).toEqual([
    'a 1',
    'b 1',
    'c 1',
    'd 1',
    'e 1',
    'f 1',
  ]);
  expect(readdirSync(team.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('nothing is left of a clone of what is no registry, or into a folder that is not empty', async () => {
  using team = newTeam();
  const options = { from: team.folder };
  const clone = (folder: string, url = team.shared) =>
    cloneRegistry(url, folder, personNamed('bob'), options);
  await expectFailure(clone('bob'), { code: 'not-found', names: ['branch main'], hint: /cairn push/ });
  git(team.folder, ['init', '--quiet', '-b', 'main', 'other']);
  git(join(team.folder, 'other'), ['commit', '--quiet', '--allow-empty', '-m', 'x']);
  await expectFailure(clone('bob', join(team.folder, 'other')), {
    code: 'damaged',
    names: ['registry.json'],
  });
  await expectFailure(clone('bob', join(team.folder, 'nowhere')), { code: 'network', names: ['nowhere'] });
  await expectFailure(clone('bob', '/repositories/{model}.git'), {
    code: 'invalid',
    names: ['{model}'],
    hint: /cairn pull <model>/,
  });
  expect(readdirSync(team.folder).sort()).toEqual(['other', 'shared.git']);
  mkdirSync(join(team.folder, 'full'));
  writeFileSync(join(team.folder, 'full', 'x'), '');
  await expectFailure(clone('full'), { code: 'refused', names: ['not empty'] });
});

test('each model is shared through a repository of its own where the address says so', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await removeRemote(ada, 'origin');
  for (const model of ['stocks', 'bonds'])
    git(team.folder, ['init', '--quiet', '--bare', `hub/${model}.git`]);
  const remote = await addRemote(ada, 'hub', 'hub/{model}.git', { from: team.folder });
  expect(remote).toMatchObject({ layout: 'per-model', url: join(team.folder, 'hub/{model}.git') });
  await team.add(ada, 'stocks@v1', { 'a.txt': 'one' });
  await team.add(ada, 'bonds@v1', { 'a.txt': 'two' });
  expect((await push(ada)).models.map(({ model, versions }) => [model, ...versions])).toEqual([
    ['bonds', 'v1'],
    ['stocks', 'v1'],
  ]);
  expect(Object.keys(refsOf(join(team.folder, 'hub/stocks.git'))).sort()).toEqual([
    'refs/heads/main',
    'refs/tags/v1',
  ]);
  const bob = await team.join('bob');
  await addRemote(bob, 'hub', 'hub/{model}.git', { from: team.folder });
  await pull(bob, { remote: 'hub', references: ['stocks'] });
  expect((await listModels(bob)).map(({ name }) => name)).toEqual(['stocks']);
  await team.add(bob, 'stocks@v2', { 'a.txt': 'three' });
  git(gitDirOf(bob, 'stocks'), ['push', '--quiet', 'hub']);
  expect((await pull(ada)).models).toMatchObject([{ model: 'stocks', versions: ['v2'] }]);
  await team.add(ada, 'third@v1', { 'a.txt': 'x' });
  await expectFailure(push(ada), { code: 'network', names: ['third.git'] });
});

test('remotes are listed, taken by their names, and forgotten with what was seen of them', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'a.txt': 'one' });
  await push(ada);
  await expectFailure(addRemote(ada, 'Origin', team.shared), { code: 'exists', names: ['origin'] });
  await expectFailure(addRemote(ada, '-x', team.shared), { code: 'invalid', names: ['-x'] });
  await expectFailure(addRemote(ada, 'x', 'ext::sh -c true'), { code: 'invalid', names: ['ext'] });
  await expectFailure(addRemote(ada, 'x', '--upload-pack=touch x'), { code: 'invalid', names: [/./] });
  await addRemote(ada, 'backup', 'https://user:secret@example.invalid/x.git');
  expect((await listRemotes(ada)).map(({ name, shownUrl }) => [name, shownUrl])).toEqual([
    ['backup', expect.not.stringContaining('secret')],
    ['origin', team.shared],
  ]);
  await removeRemote(ada, 'origin');
  const config = gitText(gitDirOf(ada, 'stocks'), 'config', '--list');
  expect(config).not.toContain('origin');
  expect(Object.keys(refsOf(gitDirOf(ada, 'stocks'))).sort()).toEqual(['refs/heads/main', 'refs/tags/v1']);
  await expectFailure(push(ada, { remote: 'origin' }), {
    code: 'not-found',
    names: ['origin'],
    hint: /backup/,
  });
  const bob = await team.clone('bob');
  await expectFailure(removeRemote(bob, 'origin'), { code: 'refused', names: ['weights'], hint: /--force/ });
  await removeRemote(bob, 'origin', { force: true });
  await expectFailure(pull(bob), { code: 'not-found', names: ['no remote'], hint: /remote add/ });
});

test('what was pulled outlives a collection of garbage, and incoming versions leave nothing behind', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'w.bin': LARGE });
  await push(ada);
  const bob = await team.clone('bob');
  await collectGarbage(bob, { graceMs: 0 });
  expect((await listVersions(bob, 'stocks'))[0]).toMatchObject({ version: 'v1', files: 1 });
  expect(Object.keys(refsOf(gitDirOf(bob, 'stocks'))).sort()).toEqual([
    'refs/heads/main',
    'refs/remotes/origin/main',
    'refs/tags/v1',
  ]);
});

test('many models come together, as each would by itself, and Git is not run for those that have not changed', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (const model of names) await team.add(ada, `${model}@v1`, { 'w.bin': LARGE, 'small.txt': model });
  await setAlias(ada, { model: 'c', alias: 'prod' }, 'v1');
  await push(ada);
  const log = join(team.folder, 'log');
  const script = join(team.folder, 'git-with-log');
  writeFileSync(script, `#!/bin/sh\necho "$@" >> ${log}\nexec git "$@"\n`, { mode: 0o755 });
  const runs = (word: string) => {
    const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
    rmSync(log, { force: true });
    return lines.filter((line) => line.includes(` ${word} `)).length;
  };
  const person = personNamed('bob');
  const environment = { ...person, programs: { ...person.programs!, git: script } };
  const { registry } = await cloneRegistry(team.shared, 'bob', environment, { from: team.folder });
  // The registry itself, a first model, and all others.
  expect(runs('fetch')).toBe(3);
  for (const model of names) {
    const gitDir = gitDirOf(registry, model);
    expect(refsOf(gitDir)).toMatchObject(refsOf(gitDirOf(ada, model)));
    const missing = gitText(gitDir, 'rev-list', '--objects', '--all', '--missing=print');
    expect(
      missing.split('\n').filter((line) => line.startsWith('?')),
      `${model}: ${missing}`,
    ).toHaveLength(1);
    fsckStrict(gitDir);
  }
  expect((await showModel(registry, 'c')).aliases).toEqual({ prod: 'v1' });
  await team.add(ada, 'd@v2', { 'a.txt': 'two' });
  await push(ada);
  runs('all');
  await pull(registry);
  expect(runs('fetch')).toBe(1);
  await pull(registry);
  await push(registry);
  await sharingStatus(registry);
  expect(readFileSync(log, 'utf8').match(/ ls-remote /g)).toHaveLength(3);
  expect(runs('fetch') + runs('push')).toBe(0);
});
