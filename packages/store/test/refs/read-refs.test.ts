import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { listRefs, readHead, readRef } from '../../src/refs/ref-store.ts';
import { createFixture, createTag } from './fixture.ts';

describe('reading refs that Git wrote', () => {
  test('finds loose ones, packed ones, and loose ones over packed ones', () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const tag = createTag(gitDir, commits[0], 'v1');
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[0]);
    gitText(gitDir, 'update-ref', 'refs/heads/deep/er', commits[0]);
    gitText(gitDir, 'update-ref', 'refs/tags/v1', tag);
    gitText(gitDir, 'pack-refs', '--all');
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[1]);
    gitText(gitDir, 'update-ref', 'refs/tags/v2', commits[2]);
    expect(readRef(gitDir, 'refs/heads/main')).toBe(commits[1]);
    expect(readRef(gitDir, 'refs/tags/v1')).toBe(tag);
    expect(readRef(gitDir, 'refs/heads/deep')).toBe(null);
    expect(readRef(gitDir, 'refs/heads/deep/er/more')).toBe(null);
    expect(readRef(gitDir, 'refs/heads/other')).toBe(null);
    expect(Object.fromEntries(listRefs(gitDir, 'refs/'))).toEqual({
      'refs/heads/deep/er': { id: commits[0] },
      'refs/heads/main': { id: commits[1] },
      'refs/tags/v1': { id: tag, peeled: commits[0] },
      'refs/tags/v2': { id: commits[2] },
    });
    expect([...listRefs(gitDir, 'refs/tags/').keys()].sort()).toEqual(['refs/tags/v1', 'refs/tags/v2']);
    expect([...listRefs(gitDir, 'refs/tags/v2').keys()]).toEqual(['refs/tags/v2']);
    expect(listRefs(gitDir, 'refs/remotes/').size).toBe(0);
  });

  test('follows HEAD, and no other symbolic ref', () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    expect(readHead(gitDir)).toEqual({ target: 'refs/heads/main', id: null });
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[0]);
    gitText(gitDir, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/heads/main');
    expect(readRef(gitDir, 'HEAD')).toBe(commits[0]);
    expect([...listRefs(gitDir, 'refs/').keys()]).toEqual(['refs/heads/main']);
    expect(() => readRef(gitDir, 'refs/remotes/origin/HEAD')).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
    gitText(gitDir, 'update-ref', '--no-deref', 'HEAD', commits[1]);
    expect(readHead(gitDir)).toEqual({ target: null, id: commits[1] });
    rmSync(join(gitDir, 'HEAD'));
    expect(() => readHead(gitDir)).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  test('does not see locks, or what is on its way to be a ref', () => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    for (const name of ['main.lock', '.DS_Store', 'tmp_0123456789abcdef.lock']) {
      writeFileSync(join(gitDir, 'refs', 'heads', name), 'x');
    }
    expect(listRefs(gitDir, 'refs/').size).toBe(0);
    expect(gitText(gitDir, 'for-each-ref')).toBe('');
  });
});

describe('hostile refs', () => {
  const ID = '1'.repeat(40);

  test.each([
    'refs/heads/../../config',
    '../config',
    'config',
    'refs/heads/a\0b',
  ])('the name %j is not read', (name) => {
    using folder = temporaryFolder();
    expect(() => readRef(folder.path, name)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => listRefs(folder.path, '../')).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  test.each([
    ['a short id', ID.slice(1)],
    ['a long id', `${ID}1`],
    ['nothing', ''],
    ['the id of zeros', '0'.repeat(40)],
    ['an id in capitals', 'A'.repeat(40)],
    ['two lines', `${ID}\n${ID}\n`],
    ['a name outside refs', 'ref: ../../etc/passwd\n'],
    ['a name that leads outside', 'ref: refs/heads/../../config\n'],
    ['more than a ref can be', `${ID}${' '.repeat(5000)}`],
  ])('a ref that holds %s is damaged, and named', (_, content) => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    writeFileSync(join(gitDir, 'refs', 'heads', 'bad'), content);
    const damaged = expect.objectContaining({
      code: 'damaged',
      message: expect.stringContaining('refs/heads/bad'),
    });
    expect(() => readRef(gitDir, 'refs/heads/bad')).toThrow(damaged);
    expect(() => listRefs(gitDir, 'refs/heads/')).toThrow(damaged);
  });

  test('a file in refs whose name is none is damaged', () => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    writeFileSync(join(gitDir, 'refs', 'heads', 'a b'), ID);
    expect(() => listRefs(gitDir, 'refs/')).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  test('garbage in packed-refs is damage, for one ref too', () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[0]);
    gitText(gitDir, 'pack-refs', '--all');
    appendFileSync(join(gitDir, 'packed-refs'), 'garbage\n');
    expect(() => readRef(gitDir, 'refs/heads/main')).toThrow(expect.objectContaining({ code: 'damaged' }));
    expect(() => listRefs(gitDir, 'refs/')).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  test.each([
    ['refs', 'refs'],
    ['a folder of refs', join('refs', 'heads')],
    ['a ref', join('refs', 'heads', 'main')],
  ])('a symbolic link in the place of %s is not followed', (_, link) => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[0]);
    renameSync(join(gitDir, link), join(folder.path, 'outside'));
    symlinkSync(join(folder.path, 'outside'), join(gitDir, link));
    const hostile = expect.objectContaining({ code: 'hostile' });
    expect(() => readRef(gitDir, 'refs/heads/main')).toThrow(hostile);
    expect(() => listRefs(gitDir, 'refs/heads/')).toThrow(hostile);
    expect(() => listRefs(gitDir, 'refs/')).toThrow(hostile);
  });

  test('a pipe in the place of a ref does not block', () => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    mkdirSync(join(gitDir, 'refs', 'heads', 'a'));
    execFileSync('mkfifo', [join(gitDir, 'refs', 'heads', 'a', 'pipe')]);
    expect(() => listRefs(gitDir, 'refs/')).toThrow(expect.objectContaining({ code: 'hostile' }));
    expect(() => readRef(gitDir, 'refs/heads/a/pipe')).toThrow(expect.objectContaining({ code: 'hostile' }));
  });
});
