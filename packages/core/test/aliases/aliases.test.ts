import { git, gitText } from '@cairn/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  aliasesAt,
  aliasHistory,
  createModel,
  createVersion,
  deleteModel,
  deleteVersion,
  editModel,
  editVersion,
  listAliases,
  listVersions,
  modelEvents,
  protectAlias,
  removeAlias,
  renameModel,
  renameVersion,
  rollbackAlias,
  setAlias,
  showModel,
  showVersion,
} from '../../src/index.ts';
import { expectFailure, expectRefusal, type RegistryFixture, registryFixture } from '../registry-fixture.ts';

let fixture: RegistryFixture;
const PROD = { model: 'm', alias: 'prod' };

beforeEach(async () => {
  fixture = await registryFixture();
  await createModel(fixture.registry, 'm');
  for (const version of ['v1', 'v2', 'v3']) await addVersion(version);
});

afterEach(() => fixture[Symbol.dispose]());

async function addVersion(version: string): Promise<void> {
  const path = fixture.write({ [`${version}/config.json`]: version });
  await createVersion(fixture.registry, { model: 'm', version }, { sources: [{ path }] });
}

const set = (version: string, options = {}) => setAlias(fixture.registry, PROD, version, options);
const rollback = (options = {}) => rollbackAlias(fixture.registry, PROD, options);
const prod = async () => (await showModel(fixture.registry, 'm')).aliases.prod;
const lastMessage = () => gitText(fixture.gitDir('m'), 'log', '-1', '--format=%B', 'main').trimEnd();
const commits = () => Number(gitText(fixture.gitDir('m'), 'rev-list', '--count', 'main'));

describe('setting an alias', () => {
  test('makes one commit on main that says who, when and why, and Git reads its trailers', async () => {
    const before = commits();
    expect(await set('v1', { reason: 'Beats the\nbaseline' })).toEqual({
      ...PROD,
      from: null,
      to: 'v1',
      moved: true,
    });
    expect(commits()).toBe(before + 1);
    expect(lastMessage()).toBe(
      'set prod to v1\n\nBeats the\nbaseline\n\nCairn-Action: alias-set\nCairn-Alias: prod\nCairn-To: v1',
    );
    expect(
      gitText(fixture.gitDir('m'), 'log', '-1', '--format=%an <%ae> %(trailers:key=Cairn-Alias)', 'main'),
    ).toBe('Ada <ada@example.org> Cairn-Alias: prod\n');
    await set('v2');
    expect(lastMessage()).toMatch(/^move prod from v1 to v2\n\nCairn-Action: alias-set\n/);
    expect(await prod()).toBe('v2');
    expect(await showVersion(fixture.registry, 'm@prod')).toMatchObject({ version: 'v2', aliases: ['prod'] });
    git(fixture.gitDir('m'), ['fsck', '--strict']);
  });

  test('follows other aliases and latest to the version they stand for now', async () => {
    expect(await set('latest')).toMatchObject({ to: 'v3' });
    expect(await setAlias(fixture.registry, { model: 'm', alias: 'staging' }, 'prod')).toMatchObject({
      to: 'v3',
    });
    await set('v1');
    expect((await showModel(fixture.registry, 'm')).aliases).toEqual({ prod: 'v1', staging: 'v3' });
  });

  test('to where it is writes nothing', async () => {
    await set('v1');
    await expectNothingWritten(async () =>
      expect(await set('v1')).toMatchObject({ moved: false, from: 'v1', to: 'v1' }),
    );
  });

  test('refuses a version that is not there, the name of a version and what is no name', async () => {
    await expectRefusal(fixture, () => set('v9'), {
      code: 'not-found',
      names: ['m', 'v9'],
      hint: /cairn ls m/,
    });
    const named = (alias: string) => () => setAlias(fixture.registry, { model: 'm', alias }, 'v1');
    await expectRefusal(fixture, named('v2'), { code: 'exists', names: ['v2'], hint: /another name/ });
    await expectRefusal(fixture, named('V2'), { code: 'exists', names: ['V2', 'v2'] });
    await expectRefusal(fixture, named('latest'), { code: 'invalid', names: ['latest'], hint: /prod/ });
    await expectRefusal(fixture, named('a b'), { code: 'invalid', names: ['alias', 'a b'] });
    await expectRefusal(fixture, () => set('v1', { reason: '\0' }), { code: 'invalid', names: ['NUL'] });
  });

  test('by many at the same time gives one move each, in one line', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `a${index}`);
    await Promise.all(names.map((alias) => setAlias(fixture.registry, { model: 'm', alias }, 'v1')));
    expect(Object.keys((await showModel(fixture.registry, 'm')).aliases)).toEqual(names);
    expect(gitText(fixture.gitDir('m'), 'rev-list', '--merges', 'main')).toBe('');
  });
});

describe('removing an alias', () => {
  test('keeps the version, and the history says it', async () => {
    await set('v1');
    const removed = await removeAlias(fixture.registry, PROD, { reason: 'retired' });
    expect(removed).toMatchObject({ from: 'v1', to: null, moved: true });
    expect(await prod()).toBeUndefined();
    expect(lastMessage()).toContain('remove the alias prod of v1\n\nretired\n\nCairn-Action: alias-rm');
    await expectRefusal(fixture, () => removeAlias(fixture.registry, PROD), {
      code: 'not-found',
      names: ['m', 'prod'],
      hint: /alias ls m/,
    });
  });
});

describe('the list of aliases', () => {
  test('says since when, by whom and why', async () => {
    await set('v1');
    await set('v2', { reason: 'better' });
    await setAlias(fixture.registry, { model: 'm', alias: 'beta' }, 'v3');
    await createModel(fixture.registry, 'empty');
    const list = await listAliases(fixture.registry);
    expect(list).toMatchObject([
      { model: 'm', alias: 'beta', version: 'v3', protected: false, missing: false, reason: null },
      { alias: 'prod', version: 'v2', by: { name: 'Ada', email: 'ada@example.org' }, reason: 'better' },
    ]);
    expect(list[1]!.since! < list[0]!.since!).toBe(true);
    expect(await listAliases(fixture.registry, 'empty')).toEqual([]);
    expect((await listVersions(fixture.registry, 'm')).map(({ aliases }) => aliases)).toEqual([
      ['beta'],
      ['prod'],
      [],
    ]);
  });

  test('names a version that plain Git has deleted as missing', async () => {
    await set('v1');
    git(fixture.gitDir('m'), ['tag', '-d', 'v1']);
    expect(await listAliases(fixture.registry, 'm')).toMatchObject([
      { alias: 'prod', version: 'v1', missing: true },
    ]);
  });
});

describe('rolling back', () => {
  test('goes one step back, and again one further, until there is nothing to go back to', async () => {
    for (const version of ['v1', 'v2', 'v3']) await set(version);
    expect(await rollback({ reason: 'too slow' })).toMatchObject({ from: 'v3', to: 'v2', moved: true });
    expect(lastMessage()).toBe(
      'roll prod back from v3 to v2\n\ntoo slow\n\nCairn-Action: alias-rollback\nCairn-Alias: prod\nCairn-From: v3\nCairn-To: v2',
    );
    expect(await rollback()).toMatchObject({ from: 'v2', to: 'v1' });
    await expectRefusal(fixture, () => rollback(), {
      code: 'refused',
      names: ['prod', 'v1'],
      hint: /history m/,
    });
    await set('v3');
    expect(await rollback()).toMatchObject({ to: 'v1' });
  });

  test('brings a removed alias back; what was before a removal is not gone back to', async () => {
    await set('v1');
    await set('v2');
    await removeAlias(fixture.registry, PROD);
    expect(await rollback()).toMatchObject({ from: null, to: 'v2' });
    expect(await rollback()).toMatchObject({ to: 'v1' });
    await removeAlias(fixture.registry, PROD);
    await set('v3');
    await expectFailure(rollback(), { code: 'refused', names: ['nothing to go back'] });
  });

  test('follows a version to its new name, and refuses one that is gone', async () => {
    await set('v1');
    await set('v2');
    await set('v3');
    await renameVersion(fixture.registry, 'm@v2', 'second');
    expect(await rollback()).toMatchObject({ from: 'v3', to: 'second' });
    await deleteVersion(fixture.registry, 'm@v1');
    await expectRefusal(fixture, () => rollback(), {
      code: 'refused',
      names: ['v1'],
      hint: /alias set m prod/,
    });
  });

  test('refuses an alias that never was', async () => {
    await expectFailure(rollback(), { code: 'not-found', names: ['prod'] });
  });

  test('reads moves that plain Git has made', async () => {
    await set('v1');
    commitAliases({ prod: 'v2' }, 'promote by hand');
    expect(await prod()).toBe('v2');
    expect(await rollback()).toMatchObject({ from: 'v2', to: 'v1' });
  });
});

describe('a protected alias', () => {
  beforeEach(async () => {
    await set('v1');
    await set('v2');
    expect(await protectAlias(fixture.registry, PROD, { reason: 'it is live' })).toBe(true);
  });

  const changes: [string, (options: object) => Promise<unknown>][] = [
    ['moved', (options) => set('v3', options)],
    ['removed', (options) => removeAlias(fixture.registry, PROD, options)],
    ['rolled back', (options) => rollback(options)],
    ['left without its version', (options) => deleteVersion(fixture.registry, 'm@v2', options)],
  ];

  test.each(changes)('is %s only with force and a reason', async (_, change) => {
    for (const options of [{ reason: 'why' }, { force: true }, { force: true, reason: ' ' }]) {
      await expectRefusal(fixture, () => change(options), { code: 'refused', names: ['prod'] });
    }
    await change({ force: true, reason: 'an incident' });
    expect(await prod()).not.toBe('v2');
    const [last] = await aliasHistory(fixture.registry, PROD);
    expect(last).toMatchObject({ kind: 'alias-moved', reason: 'an incident' });
  });

  test('stays protected when it is moved, follows its version to a new name, and is shown as protected', async () => {
    await set('v3', { force: true, reason: 'yes' });
    await renameVersion(fixture.registry, 'm@v3', 'v3b');
    expect(await listAliases(fixture.registry, 'm')).toMatchObject([{ version: 'v3b', protected: true }]);
    expect(await protectAlias(fixture.registry, PROD)).toBe(false);
    expect(await protectAlias(fixture.registry, PROD, { protect: false })).toBe(true);
    await set('v1');
    expect(gitText(fixture.gitDir('m'), 'show', 'main:model.json')).not.toContain('protectedAliases');
  });

  test('keeps its model from being deleted in passing', async () => {
    await expectRefusal(fixture, () => deleteModel(fixture.registry, 'm'), {
      code: 'refused',
      names: ['m', 'prod'],
      hint: /--force/,
    });
    await deleteModel(fixture.registry, 'm', { force: true });
  });

  test('must be there to be protected', async () => {
    await expectRefusal(fixture, () => protectAlias(fixture.registry, { model: 'm', alias: 'beta' }), {
      code: 'not-found',
      names: ['beta'],
    });
  });
});

describe('deleting a version', () => {
  test('that an alias stands for takes the alias along only with force', async () => {
    await set('v1');
    await expectRefusal(fixture, () => deleteVersion(fixture.registry, 'm@v1'), {
      code: 'refused',
      names: ['v1', 'prod'],
      hint: /--force/,
    });
    await deleteVersion(fixture.registry, 'm@v1', { force: true, reason: 'wrong data' });
    expect(await showModel(fixture.registry, 'm')).toMatchObject({ aliases: {}, versions: 2 });
    expect(await kindsOf('version-deleted')).toMatchObject([{ version: 'v1', reason: 'wrong data' }]);
  });

  test('while an alias is set to it leaves no alias without a version', async () => {
    for (const round of ['v1', 'v2', 'v3']) {
      const outcomes = await Promise.allSettled([set(round), deleteVersion(fixture.registry, `m@${round}`)]);
      const isThere = (await listVersions(fixture.registry, 'm')).some(({ version }) => version === round);
      expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
      expect((await listAliases(fixture.registry, 'm')).every(({ missing }) => !missing)).toBe(true);
      if (isThere) await removeAlias(fixture.registry, PROD);
    }
  });
});

async function kindsOf(kind: string) {
  return (await modelEvents(fixture.registry, 'm')).filter((event) => event.kind === kind);
}

describe('the history of a model', () => {
  test('tells all that happened, newest first', async () => {
    await set('v1', { reason: 'first' });
    await editModel(fixture.registry, 'm', { description: 'about' });
    await editModel(fixture.registry, 'm', { card: '# new' });
    await editVersion(fixture.registry, 'm@v2', { description: 'noted' });
    await renameVersion(fixture.registry, 'm@v2', 'v2b');
    await protectAlias(fixture.registry, PROD);
    await protectAlias(fixture.registry, PROD, { protect: false });
    await deleteVersion(fixture.registry, 'm@v1', { force: true });
    await renameModel(fixture.registry, 'm', 'n');
    const events = await modelEvents(fixture.registry, 'n');
    const told = events.map(({ kind, alias, version, from, to }) => [kind, alias ?? version, from, to]);
    expect(told).toEqual([
      ['model-renamed', null, 'm', 'n'],
      ['version-deleted', 'v1', null, null],
      ['alias-moved', 'prod', 'v1', null],
      ['alias-unprotected', 'prod', null, null],
      ['alias-protected', 'prod', null, null],
      ['version-renamed', 'v2b', 'v2', 'v2b'],
      ['version-described', 'v2', null, null],
      ['card-edited', null, null, null],
      ['model-edited', null, null, null],
      ['alias-moved', 'prod', null, 'v1'],
      ['version-added', 'v3', null, null],
      ['version-added', 'v2b', null, null],
      ['model-created', null, null, null],
    ]);
    expect(events.every(({ by, at }) => by.name === 'Ada' && at.startsWith('2026-01-01T'))).toBe(true);
    expect(events.find(({ kind }) => kind === 'alias-moved')?.commit).toMatch(/^[0-9a-f]{40}$/);
  });

  test('knows what each alias was on any day', async () => {
    const day = (number: number) => new Date(Date.UTC(2026, 1, number, 23, 59, 59));
    const onDay = (number: number) => {
      fixture.clock.at = Date.UTC(2026, 1, number, 12);
    };
    onDay(2);
    await set('v1');
    onDay(5);
    await set('v2', { reason: 'better' });
    await setAlias(fixture.registry, { model: 'm', alias: 'beta' }, 'v3');
    onDay(8);
    await removeAlias(fixture.registry, PROD);
    const at = async (number: number) =>
      (await aliasesAt(fixture.registry, 'm', day(number))).map(
        ({ alias, version }) => `${alias}=${version}`,
      );
    expect(await at(1)).toEqual([]);
    expect(await at(2)).toEqual(['prod=v1']);
    expect(await at(4)).toEqual(['prod=v1']);
    expect(await at(5)).toEqual(['beta=v3', 'prod=v2']);
    expect(await at(9)).toEqual(['beta=v3']);
    expect((await aliasesAt(fixture.registry, 'm', day(6)))[1]).toMatchObject({
      since: expect.stringMatching(/^2026-02-05/),
      by: { name: 'Ada' },
      reason: 'better',
    });
  });

  test('tells of both sides of what Git has merged, and of what the merge settled', async () => {
    await set('v1');
    const base = tip();
    const ours = commitAliases({ prod: 'v2' }, 'ours', { parents: [base], seconds: 1_800_000_000 });
    const theirAliases = { prod: 'v3', beta: 'v1' };
    const theirs = commitAliases(theirAliases, 'theirs', { parents: [base], seconds: 1_800_000_100 });
    const both = { parents: [ours, theirs], seconds: 1_800_000_200 };
    commitAliases({ prod: 'v2', beta: 'v1' }, 'Merge theirs', both);
    const moves = (await aliasHistory(fixture.registry, PROD)).map(({ from, to, subject }) => [
      from,
      to,
      subject,
    ]);
    expect(moves.slice(0, 3)).toEqual([
      ['v3', 'v2', 'Merge theirs'],
      ['v1', 'v3', 'theirs'],
      ['v1', 'v2', 'ours'],
    ]);
    expect(await aliasesAt(fixture.registry, 'm', new Date(Date.UTC(2100, 0, 1)))).toMatchObject([
      { alias: 'beta', version: 'v1' },
      { alias: 'prod', version: 'v2' },
    ]);
    expect(await rollback()).toMatchObject({ from: 'v2', to: 'v3' });
  });

  test('does not believe trailers of what they do not say in model.json, nor stumble over what is no document', async () => {
    await set('v1');
    const message =
      'nothing\n\nwhy\n\nCairn-Action: alias-rollback\nCairn-Alias: prod\nCairn-From: v1\nCairn-To: v3\n';
    commitAliases({ prod: 'v1' }, message);
    commitFile('{"aliases": 3', 'broken');
    commitAliases({ prod: 'v2' }, 'repaired');
    const moves = (await aliasHistory(fixture.registry, PROD)).map(({ from, to }) => [from, to]);
    expect(moves).toEqual([
      ['v1', 'v2'],
      [null, 'v1'],
    ]);
    expect(await rollback()).toMatchObject({ to: 'v1' });
  });

  test('of a shallow clone begins with what is there', async () => {
    await set('v1');
    await set('v2');
    const clone = `${fixture.work}/clone.git`;
    git(fixture.work, ['clone', '-q', '--mirror', '--depth=2', `file://${fixture.gitDir('m')}`, clone]);
    git(fixture.work, ['clone', '-q', '--mirror', clone, fixture.gitDir('n')]);
    const events = await modelEvents(fixture.registry, 'n');
    expect(events.filter(({ kind }) => kind === 'alias-moved').map(({ to }) => to)).toEqual(['v2', 'v1']);
    expect(events.some(({ kind }) => kind === 'model-created')).toBe(false);
  });

  test('of an alias that never was is an error', async () => {
    await expectFailure(aliasHistory(fixture.registry, PROD), {
      code: 'not-found',
      names: ['prod'],
      hint: /alias ls/,
    });
  });
});

function tip(): string {
  return gitText(fixture.gitDir('m'), 'rev-parse', 'main');
}

interface ByHand {
  readonly parents?: readonly string[];
  /** When, in seconds since 1970. */
  readonly seconds?: number;
}

/** Moves aliases as somebody would who has nothing but Git. */
function commitAliases(aliases: Record<string, string>, message: string, options: ByHand = {}): string {
  const document = { schema: 'cairn.model/1', name: 'm', description: '', labels: {}, aliases };
  return commitFile(JSON.stringify(document), message, options);
}

function commitFile(
  content: string,
  message: string,
  { parents = [tip()], seconds = 1_800_000_000 }: ByHand = {},
): string {
  const gitDir = fixture.gitDir('m');
  const blob = git(gitDir, ['hash-object', '-w', '--stdin'], content).toString().trim();
  const card = gitText(gitDir, 'rev-parse', 'main:README.md');
  const tree = git(gitDir, ['mktree'], `100644 blob ${card}\tREADME.md\n100644 blob ${blob}\tmodel.json\n`);
  const person = `Bo <bo@example.org> ${seconds} +0000`;
  const text = [
    `tree ${tree.toString().trim()}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${person}`,
    `committer ${person}`,
    '',
    message,
  ].join('\n');
  const commit = git(gitDir, ['hash-object', '-t', 'commit', '-w', '--stdin'], text).toString().trim();
  git(gitDir, ['update-ref', 'refs/heads/main', commit]);
  return commit;
}

async function expectNothingWritten(operation: () => Promise<void>): Promise<void> {
  const before = tip();
  await operation();
  expect(tip()).toBe(before);
}
