import { git } from '@cairn/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listModels, listVersions, pull, push, type Registry, setAlias } from '../../src/index.ts';
import { gitDirOf, newTeam, refsOf, type Team } from './sharing-fixture.ts';

let team: Team;
let ada: Registry;

beforeEach(async () => {
  team = newTeam();
  ada = await team.join('ada');
  await team.add(ada, 'Stocks@v1', { 'a.txt': 'one' });
  await push(ada);
});

afterEach(() => team[Symbol.dispose]());

const show = (from: string, as: string) => git(team.shared, ['update-ref', as, from]);
const modelsOf = async (registry: Registry) => (await listModels(registry)).map(({ name }) => name);
const versionsOf = async (registry: Registry) =>
  (await listVersions(registry, 'Stocks')).map(({ version }) => version);

test.each([
  false,
  true,
])('a tag under the name of a good version, but for case, does not keep that from coming (full: %s)', async (full) => {
  const bob = await team.clone('bob', { full });
  await team.add(ada, 'Stocks@v2', { 'a.txt': 'two' });
  await push(ada);
  for (const version of ['v1', 'v2'])
    show(`refs/tags/Stocks/${version}`, `refs/tags/Stocks/${version.toUpperCase()}`);
  expect((await pull(bob)).models).toMatchObject([
    {
      versions: ['v2'],
      problems: [
        { kind: 'unreadable', version: 'V2' },
        { kind: 'name', version: 'V1', isFailure: false },
      ],
    },
  ]);
  const cay = await team.clone('cay', { full });
  expect(await versionsOf(cay)).toEqual(['v2', 'v1']);
  expect(Object.keys(refsOf(gitDirOf(cay, 'Stocks'))).filter((name) => name.includes('incoming'))).toEqual(
    [],
  );
});

test('of two good versions that differ only in case one comes, and the other is told of', async () => {
  const bob = await team.join('bob');
  await team.add(bob, 'Other@V1', { 'a.txt': 'other' });
  const cay = await team.join('cay');
  await team.add(cay, 'Other@v1', { 'a.txt': 'another' });
  await push(bob);
  git(gitDirOf(cay, 'Other'), ['push', '--quiet', team.shared, 'v1:refs/tags/Other/v1']);
  const { models } = await pull(ada);
  expect(models).toMatchObject([
    { model: 'Other', versions: ['V1'], problems: [{ kind: 'name', version: 'v1', isFailure: false }] },
  ]);
});

test('neither junk nor a copy under the name of a good model, but for case, keeps that from coming', async () => {
  const junk = git(team.shared, [
    '-c',
    'user.name=M',
    '-c',
    'user.email=m@x',
    'commit-tree',
    '-m',
    'x',
    emptyTree(),
  ])
    .toString()
    .trim();
  git(team.shared, ['update-ref', 'refs/heads/models/STOCKS', junk]);
  show('refs/heads/models/Stocks', 'refs/heads/models/STocks');
  for (let more = 0; more < 4; more += 1) await team.add(ada, `m${more}@v1`, { 'a.txt': `${more}` });
  await push(ada);
  const bob = await team.clone('bob');
  expect(await modelsOf(bob)).toEqual(['Stocks', 'm0', 'm1', 'm2', 'm3']);
  expect((await pull(bob)).problems.map(({ kind, isFailure }) => [kind, isFailure])).toEqual([
    ['name', false],
    ['name', false],
  ]);
});

test('a version with the name of an alias is kept back with a way to settle it', async () => {
  await team.add(ada, 'Stocks@v2', { 'a.txt': 'two' });
  await setAlias(ada, { model: 'Stocks', alias: 'prod' }, 'v1');
  await push(ada);
  const bob = await team.clone('bob');
  const cay = await team.join('cay');
  await team.add(cay, 'Stocks@prod', { 'a.txt': 'three' });
  git(gitDirOf(cay, 'Stocks'), ['push', '--quiet', team.shared, 'prod:refs/tags/Stocks/prod']);
  const [found] = (await pull(bob)).models;
  expect(found?.problems).toMatchObject([
    {
      version: 'prod',
      message: 'Stocks@prod of origin is not taken over: prod is an alias of Stocks',
      hint: expect.stringContaining('`cairn alias rm Stocks prod`'),
    },
  ]);
});

function emptyTree(): string {
  return git(team.shared, ['hash-object', '-t', 'tree', '-w', '--stdin'], '').toString().trim();
}
