import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { createRepository } from '../../src/repository/create.ts';
import { openRepository } from '../../src/repository/open.ts';

describe('a new repository', () => {
  test('is a bare repository to Git, whole and empty, with the settings of the format', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.git');
    createRepository(path);
    fsckStrict(path);
    expect(gitText(path, 'rev-parse', '--is-bare-repository')).toBe('true');
    expect(gitText(path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(gitText(path, 'count-objects')).toBe('0 objects, 0 kilobytes');
    expect(gitText(path, 'config', '--local', '--list').split('\n')).toEqual([
      'core.repositoryformatversion=0',
      'core.bare=true',
      'core.bigfilethreshold=256k',
      'pack.window=0',
      'gc.auto=0',
      'transfer.unpacklimit=1',
      'uploadpack.allowfilter=true',
    ]);
    expect(readdirSync(folder.path)).toEqual(['a.git']);
  });

  test('can be pushed to, fetched from and cloned', () => {
    using folder = temporaryFolder();
    const [one, two] = [join(folder.path, 'one.git'), join(folder.path, 'two.git')];
    createRepository(one);
    createRepository(two);
    const tree = gitText(one, 'mktree', '--missing', '-z');
    const commit = gitText(one, 'commit-tree', '-m', 'first', tree);
    gitText(one, 'push', '--quiet', two, `${commit}:refs/heads/main`);
    gitText(folder.path, 'clone', '--quiet', two, 'copy');
    expect(gitText(join(folder.path, 'copy'), 'rev-parse', 'HEAD')).toBe(commit);
    fsckStrict(two);
  });

  test('never takes the place of anything', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.git');
    writeFileSync(path, '');
    mkdirSync(join(folder.path, 'b.git'));
    for (const name of ['a.git', 'b.git']) {
      expect(() => createRepository(join(folder.path, name))).toThrow(
        expect.objectContaining({ code: 'exists' }),
      );
    }
    expect(() => createRepository(join(folder.path, 'none', 'a.git'))).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(readdirSync(folder.path).sort()).toEqual(['a.git', 'b.git']);
  });
});

describe('opening a repository', () => {
  test('works for one that Cairn made, one that Git made, and a partial clone', () => {
    using folder = temporaryFolder();
    createRepository(join(folder.path, 'a.git'));
    gitText(folder.path, 'init', '--quiet', '--bare', 'b.git');
    createRepository(join(folder.path, 'c.git'));
    gitText(join(folder.path, 'c.git'), 'config', 'core.repositoryFormatVersion', '1');
    gitText(join(folder.path, 'c.git'), 'config', 'extensions.partialClone', 'origin');
    for (const name of ['a.git', 'b.git', 'c.git']) {
      const repository = openRepository(join(folder.path, name));
      expect(repository.gitDir).toBe(join(folder.path, name));
      expect(repository.objects.has('1'.repeat(40) as never)).toBe(false);
      repository.close();
    }
  });

  test('says what is not there, and what is no bare repository', () => {
    using folder = temporaryFolder();
    gitText(folder.path, 'init', '--quiet', 'tree');
    mkdirSync(join(folder.path, 'empty'));
    expect(() => openRepository(join(folder.path, 'none'))).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(() => openRepository(join(folder.path, 'empty'))).toThrow(/a folder without HEAD/);
    expect(() => openRepository(join(folder.path, 'tree'))).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
    expect(() => openRepository(join(folder.path, 'tree', '.git'))).toThrow(/got one with a working tree/);
  });

  test.each([
    ['another hash', ['extensions.objectFormat', 'sha256'], /extensions\.objectformat = "sha256"/],
    ['another store of refs', ['extensions.refStorage', 'reftable'], /extensions\.refstorage = "reftable"/],
    [
      'objects that must stay',
      ['extensions.preciousObjects', 'true'],
      /extensions\.preciousobjects = "true"/,
    ],
    ['what nobody knows yet', ['extensions.fancy', 'new'], /extensions\.fancy = "new"/],
    ['a later format', ['core.repositoryFormatVersion', '2'], /repository format 0 or 1, got "2"/],
  ])('refuses %s', (_, setting, message) => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.git');
    createRepository(path);
    gitText(folder.path, 'config', '--file', join(path, 'config'), ...setting);
    expect(() => openRepository(path)).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringMatching(message) }),
    );
  });

  test('refuses a damaged configuration and borrowed objects', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.git');
    createRepository(path);
    writeFileSync(join(path, 'objects', 'info', 'alternates'), '/elsewhere/objects\n');
    expect(() => openRepository(path)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    writeFileSync(join(path, 'config'), '[core\n');
    expect(() => openRepository(path)).toThrow(expect.objectContaining({ code: 'damaged' }));
  });
});
