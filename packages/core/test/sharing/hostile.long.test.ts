import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  cloneRegistry,
  listModels,
  listVersions,
  pull,
  push,
  type Registry,
  setAlias,
  setSigningRules,
  showModel,
  showVersion,
} from '../../src/index.ts';
import { expectFailure } from '../registry-fixture.ts';
import { gitDirOf, newTeam, personNamed, refsOf, type Team } from './sharing-fixture.ts';

async function sharedByAda(): Promise<Team & { readonly ada: Registry }> {
  const team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'a.txt': 'one' });
  await push(ada);
  return Object.assign(team, { ada });
}

/** Puts a file into a new commit on top of a branch of a bare repository, and gives the commit. */
function commitFile(
  gitDir: string,
  branch: string,
  { path, content, mode = '100644' }: { path: string; content: string; mode?: string },
): string {
  const blob = git(gitDir, ['hash-object', '-w', '--stdin'], content).toString().trim();
  const stream = [
    `commit ${branch}`,
    'committer M <m@example.org> 1800000000 +0000',
    'data 1\nx',
    `from ${branch}^0`,
    `M ${mode} ${blob} ${path}`,
    '',
  ].join('\n');
  git(gitDir, ['-c', 'core.protectNTFS=false', 'fast-import', '--quiet', '--force'], stream);
  return gitText(gitDir, 'rev-parse', branch);
}

test('names that cannot be ones here are passed over and told of, and what is here goes before what looks like it', async () => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  const { 'refs/tags/stocks/v1': tag, 'refs/heads/models/stocks': main } = refsOf(team.shared);
  const bad = ['latest', 'aux', 'V1', 'a/b', 'x'.repeat(65)].map((name) => `refs/tags/stocks/${name}`);
  for (const ref of [...bad, 'refs/tags/-x/v1']) git(team.shared, ['update-ref', ref, tag!]);
  for (const model of ['Stocks', 'com1', '-x'])
    git(team.shared, ['update-ref', `refs/heads/models/${model}`, main!]);
  const { problems, models } = await pull(bob);
  const told = problems.map(({ kind, message }) => `${kind} ${message}`);
  expect(told).toHaveLength(7);
  for (const name of ['latest', 'aux', 'a/b', 'x'.repeat(65), 'com1', '-x'])
    expect(told.join('\n')).toContain(`${name}", which is passed over: that is no`);
  expect(told.join('\n')).toContain('"Stocks", which is passed over: stocks differs from it only in case');
  expect(models).toMatchObject([
    { model: 'stocks', versions: [], problems: [{ kind: 'name', version: 'V1' }] },
  ]);
  expect((await listVersions(bob, 'stocks')).map(({ version }) => version)).toEqual(['v1']);
  const { registry } = await cloneRegistry(team.shared, 'cay', personNamed('cay'), { from: team.folder });
  expect((await listModels(registry)).map(({ name }) => name.toLowerCase())).toEqual(['stocks']);
});

test('what is no version is not taken over, and leaves nothing behind', async () => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  const { 'refs/tags/stocks/v1': tag, 'refs/heads/models/stocks': main } = refsOf(team.shared);
  git(team.shared, ['update-ref', 'refs/tags/stocks/light', main!]);
  git(team.shared, ['update-ref', 'refs/tags/stocks/other-name', tag!]);
  git(team.shared, ['tag', '-a', '-m', 'no version', 'stocks/odd', main!]);
  const before = refsOf(gitDirOf(bob, 'stocks'));
  const { models } = await pull(bob);
  expect(models[0]?.problems.map(({ kind, version }) => [kind, version])).toEqual([
    ['unreadable', 'light'],
    ['unreadable', 'odd'],
    ['unreadable', 'other-name'],
  ]);
  expect(refsOf(gitDirOf(bob, 'stocks'))).toEqual(before);
});

test('a version that comes cannot shadow an alias', async () => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  await setAlias(bob, { model: 'stocks', alias: 'prod' }, 'v1');
  await team.add(team.ada, 'stocks@Prod', { 'a.txt': 'false' });
  await push(team.ada);
  const { models } = await pull(bob);
  expect(models[0]).toMatchObject({ versions: [], problems: [{ kind: 'name', version: 'Prod' }] });
  expect((await showVersion(bob, 'stocks@prod')).version).toBe('v1');
});

test('an alias that comes with the name of a version is told of, and the version goes before it', async () => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  await team.add(bob, 'stocks@v2', { 'a.txt': 'of Bob' });
  await setAlias(team.ada, { model: 'stocks', alias: 'v2' }, 'v1');
  await push(team.ada);
  const { models } = await pull(bob);
  expect(models[0]?.problems).toMatchObject([{ kind: 'name', message: expect.stringContaining('alias v2') }]);
  expect((await showVersion(bob, 'stocks@v2')).createdBy.name).toBe('bob');
});

test('where signatures are required, nothing comes that is not signed', async () => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  await setSigningRules(bob, { require: true });
  await team.add(team.ada, 'stocks@v2', { 'a.txt': 'two' });
  await setAlias(team.ada, { model: 'stocks', alias: 'prod' }, 'v2');
  await push(team.ada);
  const { models } = await pull(bob);
  expect(models[0]).toMatchObject({ main: 'none', versions: [] });
  expect(models[0]?.problems.map(({ kind, version }) => [kind, version])).toEqual([
    ['unsigned', 'v2'],
    ['unsigned', null],
  ]);
  expect((await showModel(bob, 'stocks')).aliases).toEqual({});
});

test('a branch that is not what the format says is not taken over, and the versions beside it are', async () => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  await team.add(team.ada, 'stocks@v2', { 'a.txt': 'two' });
  await push(team.ada);
  commitFile(team.shared, 'refs/heads/models/stocks', {
    path: 'model.json',
    content: '{"schema":"cairn.model/1"}',
  });
  const before = await showModel(bob, 'stocks');
  const { models } = await pull(bob);
  expect(models[0]).toMatchObject({
    main: 'none',
    versions: ['v2'],
    problems: [{ kind: 'unreadable', version: null }],
  });
  expect(await showModel(bob, 'stocks')).toMatchObject({ aliases: before.aliases, card: before.card });
  commitFile(team.shared, 'refs/heads/models/stocks', {
    path: 'model.json',
    content: '{"schema":"cairn.model/9"}',
  });
  expect((await pull(bob)).models[0]?.problems[0]?.message).toMatch(/cairn.model\/9/);
  const { registry, pull: report } = await cloneRegistry(team.shared, 'cay', personNamed('cay'), {
    from: team.folder,
  });
  expect(report.models).toMatchObject([
    { model: 'stocks', main: 'none', problems: [{ kind: 'unreadable' }] },
  ]);
  expect(await listModels(registry)).toEqual([]);
  expect(readdirSync(join(registry.path, '.cairn')).filter((name) => /^(tmp_|pull-)/.test(name))).toEqual([]);
});

test.each([
  [
    'a repository in the place of a model',
    { path: 'models/evil.git/config', content: '[core]\n\tfsmonitor = touch x\n' },
  ],
  ['the same in another case', { path: 'Models/evil.git/config', content: '[core]\n' }],
  ['a cache of this machine', { path: '.cairn/cache/models', content: '{}' }],
  ['a link', { path: 'models', content: '/tmp', mode: '120000' }],
  ['a link beside', { path: 'link', content: '/etc/passwd', mode: '120000' }],
])('a shared registry with %s is not cloned, and not pulled', async (_, file) => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  commitFile(team.shared, 'refs/heads/main', file);
  const clone = cloneRegistry(team.shared, 'cay', personNamed('cay'), { from: team.folder });
  await expectFailure(clone, { code: 'damaged', names: ['cannot be taken over', file.path.split('/')[0]!] });
  expect(existsSync(join(team.folder, 'cay'))).toBe(false);
  const before = readdirSync(bob.path);
  expect((await pull(bob)).registry).toMatchObject({
    main: 'none',
    files: [],
    problems: [{ kind: 'unreadable' }],
  });
  expect(readdirSync(bob.path)).toEqual(before);
  expect(gitText(bob.path, 'status', '--porcelain')).toBe('');
});

test('no hook of any repository here runs, whatever is done', async () => {
  using team = await sharedByAda();
  const bob = await team.clone('bob');
  const marker = join(team.folder, 'ran');
  for (const gitDir of [gitDirOf(bob, 'stocks'), join(bob.path, '.git')]) {
    mkdirSync(join(gitDir, 'hooks'), { recursive: true });
    for (const name of [
      'pre-push',
      'post-checkout',
      'post-merge',
      'reference-transaction',
      'post-index-change',
    ]) {
      writeFileSync(join(gitDir, 'hooks', name), `#!/bin/sh\ntouch ${marker}\n`);
      chmodSync(join(gitDir, 'hooks', name), 0o755);
    }
    gitText(gitDir, 'config', 'core.fsmonitor', `touch ${marker}`);
    gitText(gitDir, 'config', 'core.sshCommand', `touch ${marker}`);
  }
  await team.add(bob, 'stocks@v2', { 'a.txt': 'two' });
  await push(bob);
  await team.add(team.ada, 'stocks@v3', { 'a.txt': 'three' });
  await push(team.ada);
  await pull(bob);
  expect((await listVersions(bob, 'stocks')).map(({ version }) => version).sort()).toEqual([
    'v1',
    'v2',
    'v3',
  ]);
  expect(existsSync(marker)).toBe(false);
});
