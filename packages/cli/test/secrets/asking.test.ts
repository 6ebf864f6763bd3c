import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Context, Core } from '../../src/context.ts';
import { childVariables } from '../../src/secrets/child-variables.ts';
import { newPassphraseFrom } from '../../src/secrets/new-passphrase.ts';
import { unlockFrom } from '../../src/secrets/unlock.ts';
import { type FakeWorldOptions, fakeWorld } from '../support/fake-world.ts';

const NONE = {
  key: undefined,
  'key-file': undefined,
  'passphrase-file': undefined,
  'passphrase-fd': undefined,
};

const CORE = {
  readKey: async () => new Uint8Array([1]),
  readKeyFile: async () => new Uint8Array([2]),
  proposePassphrase: async () => ({ passphrase: 'aaaaa-bbbbb', bits: 125 }),
} as unknown as Core;

/** A context in a folder with a passphrase in the file `secret`. */
function contextOf(options: FakeWorldOptions = {}) {
  const { path, ...folder } = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  writeFileSync(join(path, 'secret'), 'from a file\n');
  const world = fakeWorld({ ...options, workingFolder: path });
  return { context: world as unknown as Context, printed: world.printed };
}

describe('what is opened with', () => {
  test('is the one secret that is named', async () => {
    const { context } = contextOf({ secrets: ['typed'], variables: { CAIRN_PASSPHRASE: 'variable' } });
    const secretFor = async (options: object) => unlockFrom(context, CORE, { ...NONE, ...options });
    expect(await secretFor({ key: 'prod' })).toEqual({ secret: { kind: 'key', key: new Uint8Array([1]) } });
    expect(await secretFor({ 'key-file': 'f' })).toEqual({
      secret: { kind: 'key', key: new Uint8Array([2]) },
    });
    expect(await secretFor({ 'passphrase-file': 'secret' })).toEqual({
      secret: { kind: 'passphrase', passphrase: 'from a file' },
    });
  });

  test('is never two', async () => {
    const { context } = contextOf();
    await expect(
      unlockFrom(context, CORE, { ...NONE, key: 'a', 'passphrase-fd': '3' }),
    ).rejects.toMatchObject({
      code: 'usage',
      message: '--key and --passphrase-fd exclude each other',
    });
  });

  test('is the keyring, and behind it the variable', async () => {
    const { context } = contextOf({
      secrets: ['typed'],
      variables: { CAIRN_PASSPHRASE: 'variable', HOME: '/home/ann' },
    });
    const unlock = await unlockFrom(context, CORE, NONE);
    expect(unlock.secret).toBeUndefined();
    expect(unlock.keyring?.folder.replaceAll('\\', '/')).toMatch(/\/home\/ann\/.config\/cairn\/keys$/);
    expect(await unlock.askPassphrase?.()).toBe('variable');
  });

  test('is what is typed where there is a terminal, asked for once, and only when it is needed', async () => {
    const { context, printed } = contextOf({ secrets: ['typed', 'again'] });
    const unlock = await unlockFrom(context, CORE, NONE);
    expect(printed.err).toBe('');
    expect([await unlock.askPassphrase?.(), await unlock.askPassphrase?.()]).toEqual(['typed', 'typed']);
    expect(printed.err).toBe('passphrase: ');
  });

  test('nothing typed is no passphrase', async () => {
    const { context } = contextOf({ secrets: [''] });
    expect(await (await unlockFrom(context, CORE, NONE)).askPassphrase?.()).toBeNull();
  });

  test('is not asked for where there is nobody', async () => {
    const { context } = contextOf();
    expect(Object.keys(await unlockFrom(context, CORE, NONE))).toEqual(['keyring']);
    const empty = contextOf({ variables: { CAIRN_PASSPHRASE: '' } }).context;
    expect(Object.keys(await unlockFrom(empty, CORE, NONE))).toEqual(['keyring']);
  });
});

describe('a new passphrase', () => {
  test('comes from a file or the variable without questions', async () => {
    const { context, printed } = contextOf({
      secrets: ['typed'],
      variables: { CAIRN_PASSPHRASE: 'variable' },
    });
    expect(await newPassphraseFrom(context, CORE, { 'passphrase-file': 'secret' })).toBe('from a file');
    expect(await newPassphraseFrom(context, CORE, {})).toBe('variable');
    expect(printed.err).toBe('');
    expect(
      await newPassphraseFrom(contextOf({ secrets: ['x', 'x'] }).context, CORE, { variable: false }),
    ).toBe('x');
  });

  test('is typed twice, in either spelling, until both are the same', async () => {
    const { context, printed } = contextOf({ secrets: ['one', 'two', 'caf\u00e9', 'cafe\u0301'] });
    expect(await newPassphraseFrom(context, CORE, {})).toBe('caf\u00e9');
    expect(printed.err).toBe(
      'new passphrase (Enter alone proposes one): the same again: those were two different ones\n' +
        'new passphrase (Enter alone proposes one): the same again: ',
    );
  });

  test('is not taken after three that differ, or when typing ends', async () => {
    for (const secrets of [['a', 'b', 'a', 'b', 'a', 'b', 'a', 'a'], [], ['a']]) {
      const { context, printed } = contextOf({ secrets });
      await expect(newPassphraseFrom(context, CORE, {})).rejects.toMatchObject({ code: 'refused' });
      expect(printed.err).not.toMatch(/\b[ab]\b/);
    }
  });

  test('is proposed to whoever types nothing, and taken once it was typed', async () => {
    const { context, printed } = contextOf({ secrets: ['', 'aaaaa-bbbbb'] });
    expect(await newPassphraseFrom(context, CORE, {})).toBe('aaaaa-bbbbb');
    expect(printed.err).toContain('\n  aaaaa-bbbbb\n');
    expect(printed.err).toContain('125 bits');
    const mistyped = contextOf({ secrets: ['', 'aaaaa-bbbbc'] }).context;
    await expect(newPassphraseFrom(mistyped, CORE, {})).rejects.toMatchObject({ code: 'refused' });
  });

  test('is demanded by the names of the options where there is nobody to ask', async () => {
    const { context } = contextOf({ variables: { CAIRN_PASSPHRASE: 'variable' } });
    await expect(newPassphraseFrom(context, CORE, { prefix: 'to-', variable: false })).rejects.toMatchObject({
      code: 'usage',
      hint: 'give it with --to-passphrase-file or --to-passphrase-fd',
    });
  });
});

test('children get all variables but those with secrets', () => {
  const variables = { PATH: '/bin', CAIRN_PASSPHRASE: 'x', cairn_passphrase: 'x', CAIRN_REGISTRY: '/r' };
  expect(childVariables(variables)).toEqual({ PATH: '/bin', CAIRN_REGISTRY: '/r' });
});
