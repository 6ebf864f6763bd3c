import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

const HAS_SSH_KEYGEN = spawnSync('ssh-keygen', ['-Y'], { stdio: 'ignore' }).error === undefined;

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop[Symbol.dispose]());

const key = () => join(workshop.path, 'key');

/** A user whose Git signs with an SSH key. */
function run(...words: string[]) {
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: workshop.path,
    GIT_CONFIG_NOSYSTEM: '1',
    CAIRN_CONFIG: join(workshop.path, 'config'),
  };
  return workshop.run(words, { variables });
}

async function json(...words: string[]): Promise<unknown> {
  const result = await run(...words, '--json');
  expect(result).toMatchObject({ code: 0 });
  return JSON.parse(result.out);
}

describe.skipIf(!HAS_SSH_KEYGEN)('signing on the command line', () => {
  beforeAll(() => {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key(), '-C', 'ann']);
    const config = `[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = ~/key.pub\n`;
    writeFileSync(join(workshop.path, '.gitconfig'), config);
  });

  test('a key is allowed, a version is signed with it, and verify and show say by whom', async () => {
    expect(await run('signing', 'trust', `${key()}.pub`)).toMatchObject({ code: 2 });
    const trusted = await run('signing', 'trust', `${key()}.pub`, '--as', 'ann@example.invalid');
    expect(trusted).toMatchObject({
      code: 0,
      err: expect.stringContaining('1 key allowed, of ann@example.invalid'),
    });
    expect(trusted.err).toContain('allowed-signers');
    const again = await run('signing', 'trust', join(workshop.registry, 'allowed-signers'));
    expect(again).toMatchObject({ code: 0, err: 'all of them were allowed already\n' });
    expect(await run('add', 'stockpred@v2', key(), '--sign')).toMatchObject({ code: 0 });
    expect(await json('show', 'stockpred@v2')).toMatchObject({
      signature: { state: 'good', signer: 'ann@example.invalid', problem: null },
    });
    expect((await run('show', 'stockpred@v2')).out).toMatch(/signed +by ann@example.invalid with SHA256:/);
    expect((await run('show', 'stockpred@v1')).out).toMatch(/signed +by nobody/);
    expect((await run('verify', 'stockpred@v2')).out).toMatch(
      /^ok .*, signed: by ann@example.invalid with SHA256:/,
    );
    const allowed = `gpg.ssh.allowedSignersFile=${join(workshop.registry, 'allowed-signers')}`;
    git(join(workshop.registry, 'models/stockpred.git'), ['-c', allowed, 'verify-tag', 'v2']);
  });

  test('aliases, edits and renamings are signed', async () => {
    for (const words of [
      ['alias', 'set', 'stockpred', 'prod', 'v1', '--sign'],
      ['alias', 'set', 'stockpred', 'prod', 'v2', '--sign'],
      ['rollback', 'stockpred', 'prod', '--sign'],
      ['edit', 'stockpred', '-d', 'Predicts', '--sign'],
      ['edit', 'stockpred@v1', '-d', 'First', '--sign'],
      ['alias', 'rm', 'stockpred', 'prod', '--sign'],
    ]) {
      expect(await run(...words)).toMatchObject({ code: 0 });
      const allowed = `gpg.ssh.allowedSignersFile=${join(workshop.registry, 'allowed-signers')}`;
      git(join(workshop.registry, 'models/stockpred.git'), ['-c', allowed, 'verify-commit', 'main']);
    }
    expect((await run('rename', 'stockpred@v2', 'v2b')).err).toContain('--sign signs it anew');
    expect(await run('rename', 'stockpred@v2b', 'v2', '--sign')).toMatchObject({ code: 0 });
    expect(await json('show', 'stockpred@v2')).toMatchObject({ signature: { state: 'good' } });
  });

  test('a registry that requires signatures refuses what has none', async () => {
    expect(await run('verify', 'stockpred')).toMatchObject({ code: 0 });
    expect(await run('signing', 'require')).toMatchObject({
      code: 0,
      err: expect.stringMatching(/requires signatures of its allowed signers\n.*registry.json/),
    });
    expect(await json('signing', 'ls')).toMatchObject({
      sign: true,
      require: true,
      signers: [{ principals: 'ann@example.invalid', options: 'namespaces="git"' }],
    });
    expect((await run('signing', 'ls')).out).toMatch(/required +yes/);
    expect(await run('verify', 'stockpred')).toMatchObject({
      code: 4,
      out: expect.stringMatching(/bad +stockpred@v1\n +stockpred@v1 is not accepted, .*: it is not signed/),
    });
    expect(await run('signing', 'off')).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(workshop.registry, 'registry.json'), 'utf8'))).toMatchObject({
      signing: { sign: false, require: false },
    });
  });

  test('a registry does not say which program is run', async () => {
    const marker = join(workshop.path, 'was-run');
    const evil = join(workshop.path, 'evil.sh');
    writeFileSync(evil, `#!/bin/sh\ntouch '${marker}'\n`, { mode: 0o755 });
    const config = join(workshop.registry, '.git/config');
    const before = readFileSync(config, 'utf8');
    writeFileSync(
      config,
      `${before}[gpg]\n\tprogram = ${evil}\n[gpg "ssh"]\n\tprogram = ${evil}\n\tdefaultKeyCommand = ${evil}\n`,
    );
    expect(await run('add', 'stockpred@v3', key(), '--sign')).toMatchObject({ code: 0 });
    expect(await json('show', 'stockpred@v3')).toMatchObject({ signature: { state: 'good' } });
    expect(() => readFileSync(marker)).toThrow();
    writeFileSync(config, before);
  });
});
