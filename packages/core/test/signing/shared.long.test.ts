import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from '@cairn/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  listAliases,
  listVersions,
  openRegistry,
  pull,
  push,
  type Registry,
  rollbackAlias,
  setAlias,
  setSigningRules,
  trustSigners,
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
