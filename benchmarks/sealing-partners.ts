import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cairn, configFolder } from './cairn.ts';
import { type Command, isInstalled, run } from './measure/process.ts';
import { ROOT } from './root.ts';

/** A program that seals one file and opens it again. */
export interface Sealer {
  readonly name: string;
  /** A program without which it cannot take part. */
  readonly needs?: string;
  seal(from: string, to: string): Command;
  open(from: string, to: string): Command;
}

/** `@cairn/crypto` by itself, then age and gpg where they are installed, each with a key made in the folder. */
export async function makeSealers(folder: string): Promise<[Sealer, ...Sealer[]]> {
  return [await cairnCrypto(folder), age(folder), gpg(folder)];
}

async function cairnCrypto(folder: string): Promise<Sealer> {
  const nowhere = join(folder, 'no-registry');
  await run(cairn(nowhere, 'key', 'new', 'bench'));
  const key = join(configFolder(nowhere), 'keys', 'bench.key');
  const script = join(ROOT, 'benchmarks', 'children', 'seal-file.mjs');
  const job = (name: string) => (from: string, to: string) => ({
    program: process.execPath,
    args: [script, name, key, from, to],
  });
  return { name: '@cairn/crypto', seal: job('seal'), open: job('open') };
}

/** age with an X25519 key, its default. */
function age(folder: string): Sealer {
  const identity = join(folder, 'age.key');
  const made = isInstalled('age') ? spawnSync('age-keygen', ['-o', identity], { encoding: 'utf8' }) : null;
  const recipient = /age1\w+/.exec(made?.stderr ?? '')?.[0] ?? '';
  return {
    name: 'age and sync',
    needs: 'age',
    seal: (from, to) => ({ program: 'age', args: ['-r', recipient, '-o', to, from] }),
    open: (from, to) => ({ program: 'age', args: ['-d', '-i', identity, '-o', to, from] }),
  };
}

/** gpg with a passphrase and AES-256; compressing what cannot be compressed would not be fair. */
function gpg(folder: string): Sealer {
  const home = join(folder, 'gnupg');
  const passphrase = join(folder, 'gpg-passphrase');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(passphrase, 'a passphrase for the benchmark\n');
  const command = (...args: string[]): Command => ({
    program: 'gpg',
    args: [
      ...['--homedir', home, '--batch', '--quiet', '--no-symkey-cache', '--pinentry-mode', 'loopback'],
      ...['--passphrase-file', passphrase, ...args],
    ],
  });
  return {
    name: 'gpg and sync',
    needs: 'gpg',
    seal: (from, to) =>
      command('--cipher-algo', 'AES256', '--compress-algo', 'none', '-o', to, '--symmetric', from),
    open: (from, to) => command('-o', to, '--decrypt', from),
  };
}
