import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from '@cairn/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  listAliases,
  listModels,
  listVersions,
  openRegistry,
  pull,
  push,
  type Registry,
  rollbackAlias,
  setAlias,
  setSigningRules,
  trustSigners,
  verifyModel,
  verifyRegistry,
} from '../../src/index.ts';
import { gitDirOf, newTeam, personNamed, type Team } from '../sharing/sharing-fixture.ts';
import { HAS_SSH_KEYGEN } from './signers.ts';

let team: Team;
let ann: Registry;

beforeEach(async () => {
  team = newTeam();
  ann = await team.join('ann');
});

afterEach(() => team[Symbol.dispose]());

/** The registry as somebody has it who signs with a key of their own. */
async function withKey(registry: Registry, name: string): Promise<Registry> {
  const key = join(team.folder, `${name}.key`);
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key, '-C', name]);
  const settings = {
    format: 'ssh',
    key,
    homeFolder: team.folder,
    sshProgram: 'ssh-keygen',
    gpgProgram: 'gpg',
  };
  return openRegistry(registry.path, {
    ...personNamed(name),
    signing: { ...settings, sshKeyCommand: null, minTrust: 'undefined' },
  });
}

function commitRules(registry: Registry, key: string): void {
  git(registry.path, ['add', 'registry.json', 'allowed-signers']);
  const signed = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key}`];
  git(registry.path, [...signed, 'commit', '-q', '-S', '-m', 'Require signatures']);
}

describe('aliases of a shared model', () => {
  test('move with a push and a pull, with who and why, and are rolled back elsewhere', async () => {
    await team.add(ann, 'm@v1', { 'a.txt': 'one' });
    await team.add(ann, 'm@v2', { 'a.txt': 'two' });
    await setAlias(ann, { model: 'm', alias: 'prod' }, 'v1');
    await push(ann, { remote: 'origin' });
    const bob = await team.clone('bob');
    await setAlias(ann, { model: 'm', alias: 'prod' }, 'v2', { reason: 'better' });
    await push(ann, { remote: 'origin' });
    await pull(bob, {});
    expect(await listAliases(bob)).toMatchObject([{ version: 'v2', by: { name: 'ann' }, reason: 'better' }]);
    expect(await rollbackAlias(bob, { model: 'm', alias: 'prod' })).toMatchObject({ from: 'v2', to: 'v1' });
  });

  test('that both sides have moved, each another one, are rolled back each to what it was', async () => {
    await team.add(ann, 'm@v1', { 'a.txt': 'one' });
    await team.add(ann, 'm@v2', { 'a.txt': 'two' });
    await setAlias(ann, { model: 'm', alias: 'prod' }, 'v1');
    await setAlias(ann, { model: 'm', alias: 'beta' }, 'v1');
    await push(ann, { remote: 'origin' });
    const bob = await team.clone('bob');
    await setAlias(ann, { model: 'm', alias: 'prod' }, 'v2');
    await push(ann, { remote: 'origin' });
    await setAlias(bob, { model: 'm', alias: 'beta' }, 'v2');
    await pull(bob, {});
    expect(gitText(gitDirOf(bob, 'm'), 'rev-list', '--merges', '--count', 'main')).toBe('1');
    for (const alias of ['prod', 'beta']) {
      expect(await rollbackAlias(bob, { model: 'm', alias })).toMatchObject({ from: 'v2', to: 'v1' });
    }
  });
});

describe.skipIf(!HAS_SSH_KEYGEN)('a shared registry that requires signatures', () => {
  test('takes over what its allowed signers have signed, and nothing else', async () => {
    ann = await withKey(ann, 'ann');
    await team.add(ann, 'm@v1', { 'a.txt': 'one' });
    await trustSigners(ann, readFileSync(join(team.folder, 'ann.key.pub'), 'utf8'), 'ann@example.org');
    await setSigningRules(ann, { require: true });
    commitRules(ann, join(team.folder, 'ann.key'));
    await setAlias(ann, { model: 'm', alias: 'prod' }, 'v1');
    await push(ann, { remote: 'origin' });
    const bob = await withKey(await team.clone('bob'), 'bob');
    await team.add(ann, 'm@v2', { 'a.txt': 'two' });
    await push(ann, { remote: 'origin' });
    await pull(bob, {});
    expect((await listVersions(bob, 'm')).map(({ version }) => version)).toContain('v2');

    await setAlias(bob, { model: 'm', alias: 'prod' }, 'v2');
    await team.add(bob, 'm@v3', { 'a.txt': 'three' });
    await push(bob, { remote: 'origin' });
    const { models, problems } = await pull(ann, {});
    const told = JSON.stringify([models, problems]);
    expect(told).toContain('m@v3');
    expect(told).toContain('requires signatures');
    expect((await listVersions(ann, 'm')).map(({ version }) => version)).not.toContain('v3');
    expect(await listAliases(ann)).toMatchObject([{ alias: 'prod', version: 'v1' }]);

    await trustSigners(ann, readFileSync(join(team.folder, 'bob.key.pub'), 'utf8'), 'bob@example.org');
    await pull(ann, {});
    expect((await listVersions(ann, 'm')).map(({ version }) => version)).toContain('v3');
    expect(await listAliases(ann)).toMatchObject([{ alias: 'prod', version: 'v2' }]);
    const { shared } = team;
    await team.add(ann, 'other@v1', { 'a.txt': 'other' });
    await push(ann, { remote: 'origin' });
    git(shared, ['update-ref', 'refs/tags/other/v3', 'refs/tags/m/v3']);
    const planted = JSON.stringify(await pull(ann, {}));
    expect(planted).toContain('another model');
    expect((await listVersions(ann, 'other')).map(({ version }) => version)).toEqual(['v1']);

    const found = await verifyRegistry(ann);
    expect(found.filter(({ ok }) => !ok).map(({ version }) => version)).toEqual(['v1']);
  });
});

/** Puts commits on top of a branch whose signatures, by a stranger, are right in themselves. */
function commitAsStranger(gitDir: string, branch: string, count: number): void {
  const key = join(team.folder, 'mallory.key');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key, '-C', 'mallory']);
  const signed = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key}`];
  const person = ['-c', 'user.name=M', '-c', 'user.email=m@example.org'];
  for (let made = 0; made < count; made += 1) {
    const words = ['commit-tree', '-S', '-p', branch, '-m', 'x', `${branch}^{tree}`];
    const commit = git(gitDir, [...signed, ...person, ...words])
      .toString()
      .trim();
    git(gitDir, ['update-ref', branch, commit]);
  }
}

/** Takes one object out of a repository, as if it had never come. */
function leaveOut(gitDir: string, left: string): void {
  const all = gitText(gitDir, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n');
  const ids = all.filter((id) => id !== '' && id !== left);
  const aside = join(team.folder, 'aside');
  const name = git(gitDir, ['pack-objects', '-q', aside], `${ids.join('\n')}\n`)
    .toString()
    .trim();
  const objects = join(gitDir, 'objects');
  rmSync(objects, { recursive: true });
  git(gitDir, ['init', '--quiet', '--bare', gitDir]);
  for (const end of ['pack', 'idx'])
    renameSync(`${aside}-${name}.${end}`, join(objects, 'pack', `pack-${name}.${end}`));
  writeFileSync(join(objects, 'pack', `pack-${name}.promisor`), '');
}

describe.skipIf(!HAS_SSH_KEYGEN)('a host that shows what was signed as something else', () => {
  let bob: Registry;

  beforeEach(async () => {
    ann = await withKey(ann, 'ann');
    await trustSigners(ann, readFileSync(join(team.folder, 'ann.key.pub'), 'utf8'), 'ann@example.org');
    await setSigningRules(ann, { require: true });
    commitRules(ann, join(team.folder, 'ann.key'));
    await team.add(ann, 'm@v1', { 'a.txt': 'of m' });
    await team.add(ann, 'other@v9', { 'a.txt': 'of other' });
    await push(ann, { remote: 'origin' });
    bob = await withKey(await team.clone('bob'), 'bob');
    await pull(bob, {});
  });

  const show = (from: string, as: string) => git(team.shared, ['update-ref', as, from]);
  const versionsOf = async (model: string) => (await listVersions(bob, model)).map(({ version }) => version);

  test.each([
    undefined,
    'theirs',
  ] as const)('gets no version of another model in with its main (preferring %s)', async (prefer) => {
    show('refs/heads/models/other', 'refs/heads/models/m');
    show('refs/tags/other/v9', 'refs/tags/m/v9');
    const { models } = await pull(bob, prefer ? { references: ['m'], prefer } : {});
    const told = models.flatMap(({ problems }) => problems);
    expect(told.map(({ kind, version }) => [kind, version])).toEqual([
      ['unsigned', 'v9'],
      ['unsigned', null],
    ]);
    expect(told[1]?.message).toContain('signed as that of "other"');
    expect(await versionsOf('m')).toEqual(['v1']);
    expect((await verifyModel(bob, 'm')).map(({ ok }) => ok)).toEqual([true]);
  });

  test('gets no model in under a name of its own making', async () => {
    show('refs/heads/models/other', 'refs/heads/models/made-up');
    show('refs/tags/other/v9', 'refs/tags/made-up/v9');
    const { models } = await pull(bob, {});
    expect(models).toMatchObject([{ model: 'made-up', main: 'none', problems: [{ kind: 'unsigned' }] }]);
    expect((await listModels(bob)).map(({ name }) => name)).toEqual(['m', 'other']);
  });

  test('is told of by verify, where somebody took a main over without Cairn', async () => {
    const gitDir = gitDirOf(bob, 'm');
    const fetch = ['fetch', '--quiet', team.shared, '+refs/heads/models/other:refs/heads/main'];
    git(gitDir, [...fetch, '+refs/tags/other/*:refs/tags/*']);
    const [main] = await verifyModel(bob, 'm');
    expect(main).toMatchObject({ version: null, ok: false });
    expect(main?.problems[0]?.message).toContain('signed as that of "other"');
  });

  test('cannot hide by leaving out a commit whose version is whose', async () => {
    const gitDir = gitDirOf(bob, 'm');
    await setAlias(ann, { model: 'm', alias: 'prod' }, 'v1');
    await push(ann, { remote: 'origin' });
    await pull(bob, {});
    git(gitDir, ['fetch', '--quiet', team.shared, '+refs/tags/other/v9:refs/tags/v9']);
    leaveOut(gitDir, gitText(gitDir, 'rev-list', '--max-parents=0', 'main'));
    const found = await verifyModel(bob, 'm');
    expect(found.map(({ version, ok }) => [version, ok])).toEqual([
      [null, false],
      ['v9', false],
      ['v1', false],
    ]);
    for (const { problems } of found) expect(problems[0]?.message).toContain('was left out');
  });

  test('keeps no version back because edits beside it are in conflict', async () => {
    await setAlias(bob, { model: 'm', alias: 'prod' }, 'v1', { sign: false });
    await team.add(ann, 'm@v2', { 'a.txt': 'two' });
    await setAlias(ann, { model: 'm', alias: 'prod' }, 'v2');
    await push(ann, { remote: 'origin' });
    expect((await pull(bob, {})).models).toMatchObject([{ main: 'conflict', versions: ['v2'] }]);
  });

  test('has one signature checked of many that are a stranger’s', async () => {
    commitAsStranger(team.shared, 'refs/heads/models/m', 8);
    const log = join(team.folder, 'ran');
    const program = join(team.folder, 'counting.sh');
    writeFileSync(program, `#!/bin/sh\necho "$@" >>'${log}'\nexec ssh-keygen "$@"\n`, { mode: 0o755 });
    const signing = { ...bob.environment.signing!, sshProgram: program };
    const counting = await openRegistry(bob.path, { ...bob.environment, signing });
    const { models } = await pull(counting, {});
    expect(models).toMatchObject([{ main: 'none', problems: [{ kind: 'unsigned' }] }]);
    const checks = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('find-principals'));
    expect(checks).toHaveLength(1);
  });
});
