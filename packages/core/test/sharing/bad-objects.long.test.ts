import { git, gitText } from '@cairn/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listModels, listVersions, pull, push, type Registry } from '../../src/index.ts';
import { newTeam, type Team } from './sharing-fixture.ts';

let team: Team;
let ada: Registry;

beforeEach(async () => {
  team = newTeam();
  ada = await team.join('ada');
  for (const model of ['aa', 'bb', 'cc', 'dd', 'ee']) await team.add(ada, `${model}@v1`, { 'a.txt': model });
  await push(ada);
});

afterEach(() => team[Symbol.dispose]());

const person = ['-c', 'user.name=M', '-c', 'user.email=m@example.org'];

/** A commit on the shared repository that Git's own checks refuse: its tree has an entry for the folder above. */
function badCommit(): string {
  const empty = git(team.shared, ['hash-object', '-t', 'tree', '-w', '--stdin'], '').toString().trim();
  const entry = Buffer.concat([Buffer.from('40000 ..\0'), Buffer.from(empty, 'hex')]);
  const words = ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
  const tree = git(team.shared, words, entry).toString().trim();
  return gitText(team.shared, ...person, 'commit-tree', '-m', 'x', tree);
}

const modelsOf = async (registry: Registry) => (await listModels(registry)).map(({ name }) => name);
const versionsOf = async (registry: Registry, model: string) =>
  (await listVersions(registry, model)).map(({ version }) => version).sort();

test('a model that no repository may hold is told of, and keeps no other from coming', async () => {
  git(team.shared, ['update-ref', 'refs/heads/models/bad', badCommit()]);
  const bob = await team.clone('bob');
  expect(await modelsOf(bob)).toEqual(['aa', 'bb', 'cc', 'dd', 'ee']);
  await team.add(ada, 'new@v1', { 'a.txt': 'new' });
  await push(ada);
  const { models } = await pull(bob);
  expect(models).toMatchObject([
    { model: 'bad', main: 'none', problems: [{ kind: 'unreadable', model: 'bad', isFailure: true }] },
    { model: 'new', main: 'created', versions: ['v1'] },
  ]);
});

test('a version that no repository may hold is told of, and keeps neither others nor edits from coming', async () => {
  const bob = await team.clone('bob');
  for (const version of ['v2', 'v3', 'v4']) await team.add(ada, `aa@${version}`, { 'a.txt': version });
  await push(ada);
  git(team.shared, [...person, 'tag', '-a', '-m', 'x', 'aa/v9', badCommit()]);
  const { models } = await pull(bob);
  expect(models).toMatchObject([
    { model: 'aa', versions: ['v2', 'v3', 'v4'], problems: [{ kind: 'unreadable', version: 'v9' }] },
  ]);
  for (const full of [false, true]) {
    const cay = await team.clone(`cay-${full}`, { full });
    expect(await versionsOf(cay, 'aa')).toEqual(['v1', 'v2', 'v3', 'v4']);
    expect((await pull(cay)).models).toMatchObject([{ model: 'aa', problems: [{ version: 'v9' }] }]);
  }
});

test('a branch of the registry that no repository may hold is told of, and models come all the same', async () => {
  const bob = await team.clone('bob');
  await team.add(ada, 'aa@v2', { 'a.txt': 'two' });
  await push(ada);
  git(team.shared, ['update-ref', 'refs/heads/main', badCommit()]);
  const report = await pull(bob);
  expect(report.registry).toMatchObject({ main: 'none', problems: [{ kind: 'unreadable', model: null }] });
  expect(report.models).toMatchObject([{ model: 'aa', versions: ['v2'] }]);
});
