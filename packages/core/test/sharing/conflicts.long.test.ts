import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText, pseudoRandomBytes } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  deleteFromRemote,
  deleteModel,
  deleteVersion,
  editModel,
  editVersion,
  listModels,
  listVersions,
  planRemoteDeletion,
  pull,
  push,
  type Registry,
  renameModel,
  renameVersion,
  setAlias,
  sharingStatus,
  showModel,
  showVersion,
} from '../../src/index.ts';
import { expectFailure } from '../registry-fixture.ts';
import { gitDirOf, newTeam, refsOf, type Team } from './sharing-fixture.ts';

/** Ada has shared stocks@v1, and Bob has cloned it. */
async function twoPeople(): Promise<Team & { readonly ada: Registry; readonly bob: Registry }> {
  const team = newTeam();
  const ada = await team.join('ada');
  await team.add(ada, 'stocks@v1', { 'a.txt': 'one' });
  await push(ada);
  return Object.assign(team, { ada, bob: await team.clone('bob') });
}

async function versionsOf(registry: Registry): Promise<string[]> {
  return (await listVersions(registry, 'stocks')).map(({ version }) => version).sort();
}

test('the same version name with different content on both sides is told with both, and both can be kept', async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  await team.add(ada, 'stocks@v2', { 'a.txt': 'of Ada' });
  await team.add(bob, 'stocks@v2', { 'a.txt': 'of Bob', 'b.txt': 'more' });
  await push(ada);
  const refused = await push(bob);
  expect(refused.models).toMatchObject([
    { versions: [], problems: [{ kind: 'version-conflict', version: 'v2' }] },
  ]);
  const before = refsOf(gitDirOf(bob, 'stocks'));
  const { models } = await pull(bob);
  const [found] = models[0]!.problems;
  expect(found).toMatchObject({
    kind: 'version-conflict',
    isFailure: true,
    message: 'stocks@v2 is one version here and another on origin, with other files',
    hint: expect.stringContaining('cairn rename stocks@v2 v2-mine'),
    ours: { files: 2, size: 10, createdBy: { name: 'bob' }, tag: before['refs/tags/v2'] },
    theirs: {
      files: 1,
      size: 6,
      createdBy: { name: 'ada' },
      tag: refsOf(team.shared)['refs/tags/stocks/v2'],
    },
  });
  expect(found?.ours?.contents).not.toBe(found?.theirs?.contents);
  expect(refsOf(gitDirOf(bob, 'stocks'))).toEqual(before);
  await renameVersion(bob, 'stocks@v2', 'v2-mine');
  await pull(bob);
  expect((await push(bob)).models).toMatchObject([{ versions: ['v2-mine'], problems: [] }]);
  expect(await versionsOf(bob)).toEqual(['v1', 'v2', 'v2-mine']);
  expect((await showVersion(bob, 'stocks@v2')).createdBy.name).toBe('ada');
});

test('edits in different places are merged by a commit of both, and aliases that move are told', async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  await editModel(ada, 'stocks', {
    description: 'new',
    labels: { team: 'x' },
    card: 'Title\n\nOne\n\nTwo\n',
  });
  await push(ada);
  await pull(bob);
  await editModel(ada, 'stocks', { labels: { stage: 'y' }, card: 'Title\n\nFirst\n\nTwo\n' });
  await setAlias(ada, { model: 'stocks', alias: 'prod' }, 'v1');
  await editVersion(ada, 'stocks@v1', { description: 'noted by Ada' });
  await editModel(bob, 'stocks', {
    description: 'newer',
    labels: { owner: 'bob' },
    card: 'Title\n\nOne\n\nSecond\n',
  });
  await push(ada);
  expect((await push(bob)).models).toMatchObject([{ main: 'behind', problems: [{ kind: 'main-behind' }] }]);
  const { models } = await pull(bob);
  expect(models).toMatchObject([
    { main: 'merged', aliases: [{ alias: 'prod', from: null, to: 'v1' }], problems: [] },
  ]);
  expect(await showModel(bob, 'stocks')).toMatchObject({
    description: 'newer',
    labels: { team: 'x', stage: 'y', owner: 'bob' },
    aliases: { prod: 'v1' },
    card: 'Title\n\nFirst\n\nSecond\n',
  });
  expect((await showVersion(bob, 'stocks@v1')).description).toBe('noted by Ada');
  const [parents, author] = gitText(gitDirOf(bob, 'stocks'), 'log', '-1', '--format=%P%n%an', 'main').split(
    '\n',
  );
  expect(parents?.split(' ')).toHaveLength(2);
  expect(author).toBe('bob');
  expect((await push(bob)).models).toMatchObject([{ main: 'sent', problems: [] }]);
  expect((await pull(ada)).models).toMatchObject([{ main: 'forwarded' }]);
  expect(await showModel(ada, 'stocks')).toMatchObject(await showModel(bob, 'stocks'));
});

test('edits in the same place change nothing until a side is chosen, and everything else of both stays', async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  await team.add(ada, 'stocks@v2', { 'a.txt': 'two' });
  await setAlias(ada, { model: 'stocks', alias: 'prod' }, 'v2');
  await editModel(ada, 'stocks', { labels: { ada: '1' } });
  await push(ada);
  await setAlias(bob, { model: 'stocks', alias: 'prod' }, 'v1');
  await editModel(bob, 'stocks', { labels: { bob: '1' } });
  const main = refsOf(gitDirOf(bob, 'stocks'))['refs/heads/main'];
  const { models } = await pull(bob);
  expect(models[0]?.problems[0]).toMatchObject({
    kind: 'main-conflict',
    message: 'stocks was edited here and on origin in the same place: aliases.prod',
    hint: expect.stringContaining('cairn pull stocks --ours'),
    conflicts: [{ field: 'aliases.prod', base: null, ours: 'v1', theirs: 'v2' }],
  });
  expect(models[0]?.versions).toEqual(['v2']);
  expect(refsOf(gitDirOf(bob, 'stocks'))['refs/heads/main']).toBe(main);
  expect((await pull(bob, { prefer: 'theirs' })).models).toMatchObject([
    { main: 'merged', aliases: [{ alias: 'prod', from: 'v1', to: 'v2' }] },
  ]);
  expect(await showModel(bob, 'stocks')).toMatchObject({
    aliases: { prod: 'v2' },
    labels: { ada: '1', bob: '1' },
  });
});

test('a model that two people made independently is merged', async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  await team.add(ada, 'bonds@v1', { 'a.txt': 'of Ada' });
  await team.add(bob, 'bonds@v2', { 'a.txt': 'of Bob' });
  await push(ada);
  expect((await pull(bob)).models).toMatchObject([
    { model: 'bonds', main: 'merged', versions: ['v1'], problems: [] },
  ]);
  expect((await push(bob)).models).toMatchObject([
    { model: 'bonds', main: 'sent', versions: ['v2'], problems: [] },
  ]);
});

test('a version that the remote has moved or deleted is told of, the one here is kept, and is not sent again', async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  await team.add(ada, 'stocks@v2', { 'a.txt': 'two' });
  await push(ada);
  await pull(bob);
  const { 'refs/tags/v1': v1, 'refs/tags/v2': v2 } = refsOf(gitDirOf(bob, 'stocks'));
  gitText(team.shared, 'update-ref', '-d', 'refs/tags/stocks/v1');
  gitText(team.shared, 'update-ref', 'refs/tags/stocks/v2', v1!);
  const pulled = (await pull(bob)).models[0]!;
  expect(pulled.problems.map(({ kind, version, isFailure }) => [kind, version, isFailure])).toEqual([
    ['version-moved', 'v2', true],
    ['version-deleted', 'v1', false],
  ]);
  const pushed = (await push(bob)).models[0]!;
  expect(pushed.problems.map(({ kind }) => kind)).toEqual(['version-moved', 'version-deleted']);
  expect(pushed.versions).toEqual([]);
  expect(refsOf(gitDirOf(bob, 'stocks'))).toMatchObject({ 'refs/tags/v1': v1, 'refs/tags/v2': v2 });
  expect(refsOf(team.shared)['refs/tags/stocks/v1']).toBeUndefined();
  expect((await push(bob, { references: ['stocks@v1'] })).models).toMatchObject([{ versions: ['v1'] }]);
});

test('a version that was deleted here comes back only when it is named', async () => {
  using team = await twoPeople();
  const { bob } = team;
  await deleteVersion(bob, 'stocks@v1');
  expect((await pull(bob)).models).toMatchObject([
    { versions: [], problems: [{ kind: 'version-left', version: 'v1' }] },
  ]);
  expect(await versionsOf(bob)).toEqual([]);
  expect((await pull(bob, { references: ['stocks@v1'] })).models).toMatchObject([
    { versions: ['v1'], problems: [] },
  ]);
  expect(await versionsOf(bob)).toEqual(['v1']);
});

test('a model that was deleted or renamed here comes back only when it is named', async () => {
  using team = await twoPeople();
  const { bob } = team;
  await renameModel(bob, 'stocks', 'shares');
  expect((await pull(bob)).models).toMatchObject([
    { model: 'stocks', main: 'none', problems: [{ kind: 'model-left' }] },
  ]);
  await push(bob);
  expect(Object.keys(refsOf(team.shared)).sort()).toEqual([
    'refs/heads/main',
    'refs/heads/models/shares',
    'refs/heads/models/stocks',
    'refs/tags/shares/v1',
    'refs/tags/stocks/v1',
  ]);
  await deleteModel(bob, 'shares');
  await pull(bob);
  expect((await listModels(bob)).map(({ name }) => name)).toEqual([]);
  await pull(bob, { references: ['stocks', 'shares'] });
  expect((await listModels(bob)).map(({ name }) => name)).toEqual(['shares', 'stocks']);
});

test('a version is deleted on the remote only where that is said, and not while an alias stands for it', async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  await setAlias(ada, { model: 'stocks', alias: 'prod' }, 'v1');
  await push(ada);
  await expectFailure(deleteFromRemote(bob, { model: 'stocks', version: 'v1' }), {
    code: 'refused',
    names: ['not here yet'],
    hint: /cairn pull stocks/,
  });
  await pull(bob);
  await expectFailure(deleteFromRemote(bob, { model: 'stocks', version: 'v1' }), {
    code: 'refused',
    names: ['prod'],
    hint: /cairn push/,
  });
  await team.add(bob, 'stocks@v2', { 'a.txt': 'two' });
  await push(bob);
  expect(await planRemoteDeletion(bob, { model: 'stocks', version: 'v2' })).toMatchObject({
    versions: ['v2'],
    isWhole: false,
  });
  await deleteFromRemote(bob, { model: 'stocks', version: 'v2' });
  expect(refsOf(team.shared)['refs/tags/stocks/v2']).toBeUndefined();
  expect(await versionsOf(bob)).toEqual(['v1', 'v2']);
  expect((await push(bob)).models).toMatchObject([
    { versions: [], problems: [{ kind: 'version-deleted', version: 'v2' }] },
  ]);
  await deleteFromRemote(bob, { model: 'stocks' });
  expect(Object.keys(refsOf(team.shared))).toEqual(['refs/heads/main']);
  expect((await push(bob)).models).toMatchObject([{ main: 'none', problems: [{ kind: 'model-deleted' }] }]);
  await expectFailure(deleteFromRemote(bob, { model: 'stocks' }), { code: 'not-found', names: ['stocks'] });
});

test('a version is renamed until a remote has it', async () => {
  using team = await twoPeople();
  const { ada } = team;
  await team.add(ada, 'stocks@draft', { 'a.txt': 'two' });
  await renameVersion(ada, 'stocks@draft', 'v2');
  await push(ada);
  await expectFailure(renameVersion(ada, 'stocks@v2', 'v3'), {
    code: 'refused',
    names: ['stocks@v2', 'shared through origin'],
  });
  // What was seen of a remote that cannot be reached counts.
  await team.add(ada, 'stocks@other', { 'a.txt': 'three' });
  gitText(gitDirOf(ada, 'stocks'), 'config', 'remote.origin.url', join(team.folder, 'gone.git'));
  await expectFailure(renameVersion(ada, 'stocks@v2', 'v3'), {
    code: 'refused',
    names: ['stocks@v2', 'shared through origin'],
  });
  await renameVersion(ada, 'stocks@other', 'v4');
});

test("the registry's own files are shared, merged, and never written over", async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  const commit = (registry: Registry, file: string, text: string) => {
    writeFileSync(join(registry.path, file), text);
    git(registry.path, ['add', file]);
    git(registry.path, ['commit', '--quiet', '-m', `write ${file}`]);
  };
  commit(ada, 'notes.md', 'of Ada\n');
  expect((await push(ada)).registry).toMatchObject({ main: 'sent', problems: [] });
  commit(bob, 'more.md', 'of Bob\n');
  expect((await push(bob)).registry).toMatchObject({
    main: 'behind',
    problems: [{ kind: 'main-behind', model: null }],
  });
  expect((await pull(bob)).registry).toMatchObject({ main: 'merged', files: ['notes.md'], problems: [] });
  expect(gitText(bob.path, 'status', '--porcelain')).toBe('');
  expect((await push(bob)).registry.main).toBe('sent');
  writeFileSync(join(ada.path, 'more.md'), 'not committed\n');
  expect((await pull(ada)).registry).toMatchObject({
    main: 'conflict',
    problems: [{ kind: 'unsaved', message: expect.stringContaining('more.md') }],
  });
  git(ada.path, ['clean', '-fq', 'more.md']);
  expect((await pull(ada)).registry).toMatchObject({ main: 'forwarded', files: ['more.md'] });
  expect(gitText(ada.path, 'status', '--porcelain')).toBe('');
});

test('status counts on both sides what the other does not have, with and without asking', async () => {
  using team = await twoPeople();
  const { ada, bob } = team;
  await team.add(ada, 'stocks@v2', { 'a.txt': 'two' });
  await team.add(ada, 'bonds@v1', { 'a.txt': 'x' });
  await push(ada);
  await team.add(bob, 'stocks@v3', { 'a.txt': 'three' });
  await editModel(bob, 'stocks', { description: 'edited' });
  const [status] = await sharingStatus(bob);
  expect(status).toMatchObject({
    remote: 'origin',
    registry: { state: 'same' },
    models: [
      { model: 'bonds', state: 'absent', toPull: ['v1'], toPush: [] },
      { model: 'stocks', state: 'diverged', toPull: ['v2'], toPush: ['v3'], edits: { ahead: 1, behind: 0 } },
    ],
  });
  await team.add(ada, 'large@v1', { 'w.bin': pseudoRandomBytes('w', 200_000), 'small.txt': 'x' });
  await push(ada, { references: ['large'] });
  await pull(bob, { references: ['large'] });
  const [weights] = await sharingStatus(bob, { weights: true, models: ['large', 'stocks'] });
  expect(weights?.models).toMatchObject([
    { model: 'large', state: 'same', missing: { versions: 1, bytes: 200_000 } },
    { model: 'stocks', missing: { versions: 0, bytes: 0 } },
  ]);
  const [offline] = await sharingStatus(bob, { offline: true });
  expect(offline?.models).toMatchObject([
    { model: 'large', state: 'same', missing: null },
    { model: 'stocks', state: 'ahead', toPull: [], toPush: ['v3'] },
  ]);
});
