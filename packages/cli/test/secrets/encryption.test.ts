import { expect, test } from 'vitest';
import type { EncryptionOptions } from '../../src/arguments/encryption.ts';
import { styleFor } from '../../src/output/style.ts';
import { encryptionFrom } from '../../src/secrets/encryption.ts';
import { coreError, type FakeWorldOptions, fakeWorld } from '../support/fake-world.ts';

const REGISTRY = { path: '/work', name: 'work', description: '' };

/** What a model is sealed with; `domains` is what it is sealed under already. */
async function chosen(
  options: Partial<EncryptionOptions>,
  { domains, ...worldOptions }: FakeWorldOptions & { readonly domains?: readonly object[] | null },
) {
  const listAccess = async () => {
    if (domains === null) throw coreError('not-found', 'no model');
    return domains ?? [];
  };
  const world = fakeWorld({ ...worldOptions, core: { listAccess, ...worldOptions.core } });
  const globals = {
    registry: undefined,
    json: false,
    quiet: false,
    colour: false,
    version: false,
    help: false,
  };
  const context = { ...world, globals, style: styleFor(false) };
  const core = await world.loadCore();
  const open = { core, registry: REGISTRY as never };
  const none = {
    encrypt: undefined,
    key: undefined,
    'key-file': undefined,
    'passphrase-file': undefined,
    'passphrase-fd': undefined,
  };
  return {
    encryption: await encryptionFrom(context, open, { ...none, ...options, model: 'm' }),
    asked: world.printed.err,
  };
}

const SEALED = [{ current: true }];

test('the passphrase of a model that has none is asked for twice', async () => {
  for (const domains of [[], null]) {
    const { encryption, asked } = await chosen(
      { encrypt: 'passphrase' },
      { domains, secrets: ['tick', 'tick'] },
    );
    expect(encryption).toEqual({ kind: 'passphrase', passphrase: 'tick' });
    expect(asked).toMatch(/new passphrase.*the same again/s);
  }
});

test('that of a model which is sealed already is asked for once, and never proposed', async () => {
  const { encryption, asked } = await chosen(
    { encrypt: 'passphrase' },
    { domains: SEALED, secrets: ['tick'] },
  );
  expect(encryption).toEqual({ kind: 'passphrase', passphrase: 'tick' });
  expect(asked).toBe('passphrase: ');
});

test('a variable answers for both, and nobody to ask is said to be', async () => {
  const variables = { CAIRN_PASSPHRASE: 'tick' };
  for (const domains of [[], SEALED]) {
    const { encryption, asked } = await chosen({ encrypt: 'passphrase' }, { domains, variables });
    expect({ encryption, asked }).toEqual({
      encryption: { kind: 'passphrase', passphrase: 'tick' },
      asked: '',
    });
    await expect(chosen({ encrypt: 'passphrase' }, { domains })).rejects.toThrow(/passphrase/);
  }
});

test('a key is read from the keyring, and auto asks nobody', async () => {
  const readKey = async ({ folder }: { folder: string }, name: string) => Buffer.from(`${folder} ${name}`);
  const variables = { CAIRN_CONFIG: '/config' };
  const { encryption } = await chosen({ key: 'mine' }, { domains: SEALED, variables, core: { readKey } });
  expect(encryption).toEqual({ kind: 'key', key: Buffer.from('/config/keys mine') });
  expect((await chosen({}, { domains: SEALED, variables })).encryption).toEqual({
    kind: 'auto',
    keyring: { folder: '/config/keys' },
  });
});
