import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { findSigning } from '../../src/identity/signing.ts';

interface Machine {
  /** Contents by path from the home folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly git?: Readonly<Record<string, string>>;
}

function signingOn({ files = {}, git = {} }: Machine) {
  using folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true });
    writeFileSync(join(folder.path, path), text);
  }
  const { homeFolder: _, ...settings } = findSigning({
    variables: { GIT_CONFIG_NOSYSTEM: '1' },
    homeFolder: folder.path,
    registryFolder: join(folder.path, 'registry'),
    askGit: (key) => git[key] ?? null,
    system: () => ({ user: 'ann', host: 'box' }),
  });
  return settings;
}

test('without any setting Git signs with OpenPGP and a key of the user', () => {
  expect(signingOn({})).toEqual({
    format: 'openpgp',
    key: null,
    sshProgram: 'ssh-keygen',
    gpgProgram: 'gpg',
    sshKeyCommand: null,
    minTrust: 'undefined',
  });
});

test('what the user has set counts, and the key and format of a registry', () => {
  const own =
    '[gpg]\n format = ssh\n program = gpg2\n minTrustLevel = Fully\n[gpg "ssh"]\n program = /opt/sign\n defaultKeyCommand = ssh-add -L\n';
  const files = { '.gitconfig': own, 'registry/.git/config': '[user]\n signingKey = ~/team\n' };
  expect(signingOn({ files })).toEqual({
    format: 'ssh',
    key: '~/team',
    sshProgram: '/opt/sign',
    gpgProgram: 'gpg2',
    sshKeyCommand: 'ssh-add -L',
    minTrust: 'fully',
  });
});

test('a registry does not say what is run', () => {
  const evil = '[gpg]\n program = ./evil\n[gpg "ssh"]\n program = ./evil\n defaultKeyCommand = ./evil\n';
  expect(signingOn({ files: { 'registry/.git/config': evil } })).toMatchObject({
    sshProgram: 'ssh-keygen',
    gpgProgram: 'gpg',
    sshKeyCommand: null,
  });
});

test('what stands under a condition is for Git to work out', () => {
  const files = { '.gitconfig': '[includeIf "gitdir:~/work/"]\n path = work\n' };
  const git = { 'gpg.format': 'ssh', 'user.signingKey': '~/work.pub' };
  expect(signingOn({ files, git })).toMatchObject({ format: 'ssh', key: '~/work.pub' });
});
