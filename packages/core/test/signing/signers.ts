import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '@cairn/testkit';
import { openRegistry, type Registry, type SigningSettings, trustSigners } from '../../src/index.ts';
import { environment, type RegistryFixture } from '../registry-fixture.ts';

/** Whether a program can be run, for tests that are skipped without it. */
export function isInstalled(program: string, ...words: string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore', input: '' }).error === undefined;
}

export const HAS_SSH_KEYGEN = isInstalled('ssh-keygen', '-Y');
export const HAS_GPG = isInstalled('gpg', '--version');

/** An SSH key of the test, without a passphrase. */
export interface SshKey {
  readonly secret: string;
  readonly public: string;
}

export function sshKey({ work }: RegistryFixture, name: string, type = 'ed25519'): SshKey {
  const path = join(work, name);
  run('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path, '-C', name]);
  return { secret: path, public: `${path}.pub` };
}

/** Gives a key a passphrase. */
export function lockKey(path: string, passphrase: string): void {
  run('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', path]);
}

/** An SSH agent with a key in it, and the variables that lead to it. */
export interface SshAgent extends Disposable {
  readonly variables: Readonly<Record<string, string>>;
}

export function sshAgent({ work }: RegistryFixture, key: SshKey): SshAgent {
  const socket = join(work, 'agent');
  const told = run('ssh-agent', ['-a', socket]);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(told)?.[1]);
  const variables = { SSH_AUTH_SOCK: socket };
  const added = spawnSync('ssh-add', ['-q', key.secret], { env: { ...process.env, ...variables } });
  if (added.status !== 0) throw new Error(`ssh-add ended with ${added.status}: ${added.stderr}`);
  return { variables, [Symbol.dispose]: () => void process.kill(pid) };
}

export function publicKey({ public: path }: SshKey): string {
  return readFileSync(path, 'utf8').trim();
}

export interface SigningWorld {
  readonly settings?: Partial<SigningSettings>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The registry of a fixture as somebody sees it who can run programs and has these settings. */
export function signingRegistry(
  { registry, clock, work }: RegistryFixture,
  { settings, variables }: SigningWorld = {},
): Promise<Registry> {
  return openRegistry(registry.path, {
    ...environment(clock),
    programs: {
      variables: { PATH: process.env.PATH ?? '', HOME: work, TZ: 'UTC', ...variables },
      git: 'git',
      interactive: false,
    },
    signing: {
      format: 'ssh',
      key: null,
      homeFolder: work,
      sshProgram: 'ssh-keygen',
      gpgProgram: 'gpg',
      sshKeyCommand: null,
      minTrust: 'undefined',
      ...settings,
    },
  });
}

/** Somebody with an SSH key that the registry allows. */
export async function allowedSigner(fixture: RegistryFixture, name = 'ada'): Promise<Registry> {
  const key = sshKey(fixture, name);
  const registry = await signingRegistry(fixture, { settings: { key: key.secret } });
  await trustSigners(registry, publicKey(key), `${name}@example.org`);
  return registry;
}

/** What Git itself says of the signature of a tag or a commit, with the registry's allowed signers. */
export function gitVerifies(
  { registry }: RegistryFixture,
  gitDir: string,
  what: 'tag' | 'commit',
  name: string,
): boolean {
  const allowed = `gpg.ssh.allowedSignersFile=${join(registry.path, 'allowed-signers')}`;
  try {
    git(gitDir, ['-c', allowed, `verify-${what}`, name]);
    return true;
  } catch {
    return false;
  }
}

/** A keyring of GnuPG with a key in it, and a program that uses it whatever the environment. */
export interface GpgHome extends Disposable {
  readonly folder: string;
  readonly program: string;
  run(...words: string[]): string;
}

export function gpgHome({ work }: RegistryFixture, user: string): GpgHome {
  // The path of its agent's socket must be short.
  const folder = join(work, `g${user.length}`);
  mkdirSync(folder, { mode: 0o700 });
  const program = join(work, `gpg-${user.length}.sh`);
  writeFileSync(program, `#!/bin/sh\nGNUPGHOME='${folder}' exec gpg "$@"\n`);
  chmodSync(program, 0o755);
  const gpg = (...words: string[]) => run(program, ['--batch', '--quiet', ...words]);
  gpg('--passphrase', '', '--quick-generate-key', user, 'ed25519', 'sign', 'never');
  return {
    folder,
    program,
    run: gpg,
    [Symbol.dispose]: () => void spawnSync('gpgconf', ['--homedir', folder, '--kill', 'all']),
  };
}

function run(program: string, words: readonly string[]): string {
  const done = spawnSync(program, words, { encoding: 'utf8' });
  if (done.status === 0) return done.stdout;
  throw new Error(`${program} ended with ${done.status}: ${done.error?.message ?? done.stderr}`);
}
