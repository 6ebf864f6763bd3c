import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, pseudoRandomBytes } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  listModels,
  listVersions,
  pull,
  push,
  type Registry,
  setAlias,
  sharingStatus,
  showModel,
  takeOut,
} from '../../src/index.ts';
import { gitDirOf, newTeam, refsOf } from './sharing-fixture.ts';

const LARGE = pseudoRandomBytes('weights', 300 * 1024);

/** What Git alone does to share everything of a registry. */
function pushWithGit(registry: Registry, models: readonly string[]): void {
  git(registry.path, ['push', '--quiet', 'origin', 'main']);
  for (const model of models) git(gitDirOf(registry, model), ['push', '--quiet']);
}

test('what plain Git has pushed is cloned by Cairn, lazily, and taken out to the byte', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'weights.bin': LARGE, 'config.json': '{}' });
  await team.add(ada, 'stocks@v2', { 'weights.bin': LARGE, 'config.json': '{"x":1}' });
  pushWithGit(ada, ['stocks']);
  const bob = await team.clone('bob');
  expect((await listModels(bob)).map(({ name, versions }) => ({ name, versions }))).toEqual([
    { name: 'stocks', versions: 2 },
  ]);
  expect((await listVersions(bob, 'stocks')).map(({ version }) => version)).toEqual(['v2', 'v1']);
  expect(refsOf(gitDirOf(bob, 'stocks'))).toMatchObject(refsOf(gitDirOf(ada, 'stocks')));
  expect(gitText(gitDirOf(bob, 'stocks'), 'count-objects', '-v')).toMatch(/size-pack: [0-9]\b/);
  await takeOut(bob, 'stocks@v2', join(team.folder, 'out'));
  expect(readFileSync(join(team.folder, 'out', 'weights.bin')).equals(LARGE)).toBe(true);
  fsckStrict(gitDirOf(bob, 'stocks'));
});

test('what Cairn has pushed is cloned, fetched and gone on with by plain Git', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'config.json': '{}' });
  const report = await push(ada);
  expect(report.registry.main).toBe('sent');
  expect(report.models).toEqual([{ model: 'stocks', main: 'sent', versions: ['v1'], problems: [] }]);
  expect(Object.keys(refsOf(team.shared)).sort()).toEqual([
    'refs/heads/main',
    'refs/heads/models/stocks',
    'refs/tags/stocks/v1',
  ]);
  git(team.folder, ['clone', '--quiet', '--branch', 'stocks/v1', team.shared, 'taken']);
  expect(readFileSync(join(team.folder, 'taken', 'files', 'config.json'), 'utf8')).toBe('{}');
  const bob = await team.clone('bob');
  await team.add(ada, 'stocks@v2', { 'config.json': '{"x":2}' });
  await push(ada);
  git(gitDirOf(bob, 'stocks'), ['fetch', '--quiet']);
  expect((await listVersions(bob, 'stocks')).map(({ version }) => version)).toEqual(['v2', 'v1']);
  expect(git(gitDirOf(bob, 'stocks'), ['push', '--porcelain', '--dry-run']).toString()).not.toMatch(/^[*!]/m);
});

test('Cairn and plain Git take turns on both sides, and both end with the same', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'a.txt': 'one', 'weights.bin': LARGE });
  await push(ada);
  const bob = await team.clone('bob');
  await team.add(bob, 'stocks@v2', { 'a.txt': 'two', 'weights.bin': LARGE });
  git(gitDirOf(bob, 'stocks'), ['push', '--quiet']);
  await setAlias(ada, { model: 'stocks', alias: 'prod' }, 'v1');
  expect((await pull(ada)).models).toMatchObject([{ model: 'stocks', versions: ['v2'], main: 'ahead' }]);
  git(gitDirOf(ada, 'stocks'), ['push', '--quiet']);
  const pulled = await pull(bob);
  expect(pulled.models).toMatchObject([
    { model: 'stocks', main: 'forwarded', aliases: [{ alias: 'prod', from: null, to: 'v1' }] },
  ]);
  expect((await showModel(bob, 'stocks')).aliases).toEqual({ prod: 'v1' });
  for (const registry of [ada, bob]) {
    const [status] = await sharingStatus(registry);
    expect(status?.models.map(({ state }) => state)).toEqual(['same']);
    fsckStrict(gitDirOf(registry, 'stocks'));
  }
});
