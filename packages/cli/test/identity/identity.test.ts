import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { cleanIdentity } from '../../src/identity/clean-identity.ts';
import { findIdentity } from '../../src/identity/identity.ts';
import type { IdentitySources } from '../../src/identity/sources.ts';

interface Machine {
  /** Contents by path from the home folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly git?: Readonly<Record<string, string>>;
}

function identityOn({ files = {}, variables = {}, git }: Machine) {
  using folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true });
    writeFileSync(join(folder.path, path), text);
  }
  const asked: string[] = [];
  const sources: IdentitySources = {
    variables: { GIT_CONFIG_NOSYSTEM: '1', ...variables },
    homeFolder: folder.path,
    registryFolder: join(folder.path, 'registry'),
    askGit(key) {
      asked.push(key);
      return git?.[key] ?? null;
    },
    system: () => ({ user: 'ann', host: 'box' }),
  };
  return { ...findIdentity(sources), asked };
}

const user = (name: string, email: string) => `[user]\nname = ${name}\nemail = ${email}\n`;

describe('who the user is', () => {
  test('the environment goes before every file', () => {
    expect(
      identityOn({
        variables: { GIT_AUTHOR_NAME: 'Env', GIT_AUTHOR_EMAIL: 'env@x' },
        files: { '.gitconfig': user('File', 'file@x') },
      }),
    ).toEqual({ name: 'Env', email: 'env@x', fromSystem: false, asked: [] });
  });

  test('each half may come from another place', () => {
    const { name, email } = identityOn({
      variables: { GIT_AUTHOR_NAME: 'Env' },
      files: { '.gitconfig': user('File', 'file@x') },
    });
    expect({ name, email }).toEqual({ name: 'Env', email: 'file@x' });
  });

  test('the file in the home folder goes before the one under XDG, and the registry before both', () => {
    const files = { '.config/git/config': user('Xdg', 'xdg@x'), '.gitconfig': '[user]\nname = Home\n' };
    expect(identityOn({ files })).toMatchObject({ name: 'Home', email: 'xdg@x', fromSystem: false });
    expect(
      identityOn({ files: { ...files, 'registry/.git/config': '[user]\nname = Registry\n' } }).name,
    ).toBe('Registry');
  });

  test('GIT_CONFIG_GLOBAL stands in for both', () => {
    using folder = temporaryFolder();
    const global = join(folder.path, 'other');
    writeFileSync(global, user('Global', 'global@x'));
    const files = { '.gitconfig': user('Home', 'home@x') };
    expect(identityOn({ files, variables: { GIT_CONFIG_GLOBAL: global } }).name).toBe('Global');
    expect(identityOn({ files, variables: { GIT_CONFIG_GLOBAL: '/dev/null' } }).fromSystem).toBe(true);
  });

  test('settings for authors go before those for users', () => {
    const text = `[author]\nname = Author\n${user('User', 'user@x')}`;
    expect(identityOn({ files: { '.gitconfig': text } })).toMatchObject({ name: 'Author', email: 'user@x' });
  });

  test('included files count where they are included', () => {
    const files = {
      '.gitconfig': '[user]\nname = Before\n[include]\npath = ~/more/config\npath = beside\n',
      'more/config': '[user]\nname = Included\n',
      beside: '[user]\nemail = beside@x\n',
    };
    expect(identityOn({ files })).toMatchObject({ name: 'Included', email: 'beside@x', asked: [] });
  });

  test('files that include themselves come to an end', () => {
    const self = '[include]\npath = .gitconfig\n'.repeat(50);
    expect(identityOn({ files: { '.gitconfig': self + user('Ann', 'a@x') } }).name).toBe('Ann');
  });

  test('Git is asked only where a condition or the environment decides', () => {
    const conditional = `${user('Ann', 'a@x')}[includeIf "gitdir:~/work/"]\npath = work\n`;
    const git = { 'user.name': 'Work Ann', 'user.email': 'work@x' };
    expect(identityOn({ files: { '.gitconfig': conditional }, git })).toMatchObject({
      name: 'Work Ann',
      email: 'work@x',
    });
    expect(identityOn({ variables: { GIT_CONFIG_COUNT: '1' }, git }).name).toBe('Work Ann');
    expect(identityOn({ files: { '.gitconfig': conditional } }).name).toBe('Ann');
  });

  test('without any of it the operating system stands in, and that is said', () => {
    expect(identityOn({})).toMatchObject({ name: 'ann', email: 'ann@box', fromSystem: true });
  });

  test('EMAIL is an address of last resort', () => {
    expect(
      identityOn({ files: { '.gitconfig': '[user]\nname = Ann\n' }, variables: { EMAIL: 'mail@x' } }),
    ).toMatchObject({
      email: 'mail@x',
      fromSystem: false,
    });
  });

  test('a name of which nothing is left does not count', () => {
    expect(identityOn({ files: { '.gitconfig': user('"<>\\n"', 'a@x') } })).toMatchObject({
      name: 'ann',
      fromSystem: true,
    });
  });

  test('a configuration that is no file, or far too large, has nothing to say', () => {
    expect(identityOn({ files: { '.gitconfig/inside': '' } }).fromSystem).toBe(true);
    expect(
      identityOn({ files: { '.gitconfig': `${user('Ann', 'a@x')}#${'x'.repeat(5_000_000)}` } }).fromSystem,
    ).toBe(true);
  });
});

describe('names as Git writes them', () => {
  test.each([
    ['Ann Lee', 'Ann Lee'],
    ['Ann <ann@x>', 'Ann ann@x'],
    ['Ann\nLee\u001b[1m', 'AnnLee[1m'],
    ['  "Ann Lee Jr."  ', 'Ann Lee Jr'],
    ["O'Neil", "O'Neil"],
    ['Анна 模型', 'Анна 模型'],
    ['.,:;', ''],
  ])('%j becomes %j', (text, expected) => {
    expect(cleanIdentity(text)).toBe(expected);
  });
});
