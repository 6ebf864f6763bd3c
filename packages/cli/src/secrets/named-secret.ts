import { resolve } from 'node:path';
import type { Secret } from '@cairn/core';
import { keyringOf } from '../config-folder.ts';
import type { Context, Core } from '../context.ts';
import { usageError } from '../errors.ts';

/** Where a secret is, by the options that say so. */
const PLACES = ['key', 'key-file', 'passphrase-file', 'passphrase-fd'] as const;

export type SecretPlaces = { readonly [K in (typeof PLACES)[number]]?: string | undefined };

/**
 * The secret that the user has named; `null` without any. `prefix` stands before the names of the options, for
 * messages. Throws `usage` for two, and whatever reading it throws.
 */
export async function namedSecret(
  context: Context,
  core: Core,
  { prefix = '', ...places }: SecretPlaces & { readonly prefix?: string },
): Promise<Secret | null> {
  const [place, other] = PLACES.filter((name) => places[name] !== undefined);
  if (place === undefined) return null;
  if (other !== undefined) {
    throw usageError(`--${prefix}${place} and --${prefix}${other} exclude each other`, 'give one of them');
  }
  return readSecret(context, core, { place, value: places[place]! });
}

interface Named {
  readonly place: (typeof PLACES)[number];
  readonly value: string;
}

async function readSecret(context: Context, core: Core, { place, value }: Named): Promise<Secret> {
  switch (place) {
    case 'key':
      return { kind: 'key', key: await core.readKey(keyringOf(context), value) };
    case 'key-file':
      return { kind: 'key', key: await core.readKeyFile(resolve(context.workingFolder(), value)) };
    case 'passphrase-file':
    case 'passphrase-fd':
      return { kind: 'passphrase', passphrase: await readPassphrase(context, { place, value }) };
  }
}

async function readPassphrase(context: Context, { place, value }: Named): Promise<string> {
  const { passphraseFromDescriptor, passphraseFromFile } = await import('./first-line.ts');
  return place === 'passphrase-fd' ? passphraseFromDescriptor(value) : passphraseFromFile(context, value);
}
