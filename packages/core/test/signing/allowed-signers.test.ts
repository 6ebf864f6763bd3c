import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listSigners, setSigningRules, signingRules, trustSigners } from '../../src/index.ts';
import { expectFailure, expectRefusal, type RegistryFixture, registryFixture } from '../registry-fixture.ts';

const ED = `ssh-ed25519 ${'A'.repeat(43)}`;
const EC = `ecdsa-sha2-nistp256 ${'B'.repeat(60)}==`;

let fixture: RegistryFixture;

beforeEach(async () => {
  fixture = await registryFixture();
});

afterEach(() => fixture[Symbol.dispose]());

const file = () => join(fixture.registry.path, 'allowed-signers');
const text = () => readFileSync(file(), 'utf8');

describe('the allowed signers of a registry', () => {
  test('begin with none, and get a public key with whose it is, for Git alone', async () => {
    const { registry } = fixture;
    expect(await listSigners(registry)).toEqual([]);
    const signer = { principals: 'ann@example.org', options: 'namespaces="git"', key: ED };
    expect(await trustSigners(registry, `${ED} ann@laptop\n`, 'ann@example.org')).toEqual([signer]);
    expect(text()).toBe(`ann@example.org namespaces="git" ${ED}\n`);
    expect(await trustSigners(registry, ED, 'ann@example.org')).toEqual([]);
    expect(await listSigners(registry)).toEqual([signer]);
  });

  test('take what is new of a list, and keep what somebody has written beside it', async () => {
    const { registry } = fixture;
    writeFileSync(file(), `# the team\n\nann@example.org ${ED}`);
    const list = `# others\r\nann@example.org ${ED} ann\r\n*@example.org,!eve@example.org cert-authority,valid-before="20270101" ${EC} ca\r\n`;
    expect(await trustSigners(registry, list)).toMatchObject([
      { options: 'cert-authority,valid-before="20270101"' },
    ]);
    expect(text()).toBe(
      `# the team\n\nann@example.org ${ED}\n*@example.org,!eve@example.org cert-authority,valid-before="20270101" ${EC}\n`,
    );
  });

  test.each([
    ['a public key without whose it is', ED, undefined],
    ['a list with a line that names none', `ann@example.org ${ED}\nann@example.org`, undefined],
    ['nothing', '# nobody\n', undefined],
    ['a secret key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb', 'ann@example.org'],
    ['a pattern for an address', ED, '*'],
    ['two lines as an address', ED, 'ann@example.org\neve@example.org'],
    ['two keys at once', `${ED}\n${EC}`, 'ann@example.org'],
  ])('refuse %s', async (_, given, principal) => {
    await expectRefusal(fixture, () => trustSigners(fixture.registry, given, principal), {
      code: 'invalid',
      names: [],
    });
  });

  test('say which line of theirs is wrong', async () => {
    writeFileSync(file(), `ann@example.org ${ED}\n\nann@example.org rubbish\n`);
    await expectFailure(listSigners(fixture.registry), {
      code: 'invalid',
      names: ['allowed-signers', 'line 3'],
    });
  });
});

describe('what a registry says about signatures', () => {
  test('is nothing at first, and stands in registry.json beside what else is there', async () => {
    const { registry } = fixture;
    expect(await signingRules(registry)).toEqual({ sign: false, require: false });
    const path = join(registry.path, 'registry.json');
    const before = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...before, team: 'pricing', signing: { future: 1 } }));
    expect(await setSigningRules(registry, { require: true })).toEqual({ sign: true, require: true });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ...before,
      team: 'pricing',
      signing: { future: 1, require: true },
    });
  });

  test('that is not what the format says is damage', async () => {
    const path = join(fixture.registry.path, 'registry.json');
    const before = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...before, signing: { require: 'yes' } }));
    await expectFailure(signingRules(fixture.registry), { code: 'damaged', names: ['signing.require'] });
  });
});
