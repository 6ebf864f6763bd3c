import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { acquireLock } from '../../src/files/lock.ts';
import { listRefs, packRefs, readRef, updateRefs } from '../../src/refs/ref-store.ts';
import { createFixture, createTag, refsByGit } from './fixture.ts';

const NOW = { timeoutMs: 0 };

/** Files and folders below `refs`. */
function treeOfRefs(gitDir: string): string[] {
  return readdirSync(join(gitDir, 'refs'), { recursive: true, encoding: 'utf8' }).sort();
}

describe('changing refs', () => {
  test('creates, moves and deletes what Git then sees', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const [a, b] = commits;
    const tag = createTag(gitDir, a, 'v1');
    await updateRefs(
      gitDir,
      [
        { name: 'refs/tags/v1', expect: null, to: tag },
        { name: 'refs/heads/main', expect: null, to: a },
      ],
      NOW,
    );
    expect(refsByGit(gitDir)).toEqual([`${a} refs/heads/main `, `${tag} refs/tags/v1 ${a}`]);
    await updateRefs(gitDir, [{ name: 'refs/heads/main', expect: a, to: b }], NOW);
    await updateRefs(gitDir, [{ name: 'refs/tags/v1', expect: tag, to: null }], NOW);
    expect(refsByGit(gitDir)).toEqual([`${b} refs/heads/main `]);
    expect(treeOfRefs(gitDir)).toEqual(['heads', 'heads/main', 'tags']);
    fsckStrict(gitDir);
  });

  test('works on refs that Git has packed', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const [a, b] = commits;
    const tag = createTag(gitDir, a, 'v1');
    for (const name of ['refs/heads/main', 'refs/heads/other', 'refs/heads/deep/er'])
      gitText(gitDir, 'update-ref', name, a);
    gitText(gitDir, 'update-ref', 'refs/tags/v1', tag);
    gitText(gitDir, 'pack-refs', '--all', '--prune');
    await updateRefs(
      gitDir,
      [
        { name: 'refs/heads/main', expect: a, to: b },
        { name: 'refs/heads/other', expect: a, to: null },
        { name: 'refs/heads/deep/er', to: null },
      ],
      NOW,
    );
    expect(refsByGit(gitDir)).toEqual([`${b} refs/heads/main `, `${tag} refs/tags/v1 ${a}`]);
    expect(listRefs(gitDir, 'refs/tags/').get('refs/tags/v1')).toEqual({ id: tag, peeled: a });
    expect(treeOfRefs(gitDir)).toEqual(['heads', 'heads/main', 'tags']);
    await updateRefs(gitDir, [{ name: 'refs/heads/main', to: null }], NOW);
    expect(readRef(gitDir, 'refs/heads/main')).toBe(null);
    expect(gitText(gitDir, 'for-each-ref', 'refs/heads')).toBe('');
  });

  test('is refused as a whole when one value is not the one expected', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const [a, b, c] = commits;
    await updateRefs(gitDir, [{ name: 'refs/heads/main', to: a }], NOW);
    const refused = (expected: typeof a | null, name = 'refs/heads/main') =>
      updateRefs(
        gitDir,
        [
          { name: 'refs/heads/first', to: b },
          { name, expect: expected, to: c },
        ],
        NOW,
      );
    await expect(refused(b)).rejects.toMatchObject({
      code: 'conflict',
      data: { name: 'refs/heads/main', expected: b, found: a },
    });
    await expect(refused(null)).rejects.toMatchObject({ code: 'exists', data: { found: a } });
    await expect(refused(b, 'refs/heads/new/er')).rejects.toMatchObject({
      code: 'conflict',
      data: { found: null },
    });
    expect(refsByGit(gitDir)).toEqual([`${a} refs/heads/main `]);
    expect(treeOfRefs(gitDir)).toEqual(['heads', 'heads/main', 'tags']);
  });

  test('that changes nothing writes nothing', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[0]);
    gitText(gitDir, 'pack-refs', '--all');
    await updateRefs(
      gitDir,
      [
        { name: 'refs/heads/main', expect: commits[0], to: commits[0] },
        { name: 'refs/heads/none', expect: null, to: null },
        { name: 'refs/heads/deep/none', to: null },
      ],
      NOW,
    );
    await updateRefs(gitDir, [], NOW);
    expect(treeOfRefs(gitDir)).toEqual(['heads', 'tags']);
  });

  test('refuses names and values that are none, and the same name twice', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const to = commits[0];
    const invalid = { code: 'invalid' };
    await expect(updateRefs(gitDir, [{ name: 'refs/heads/../../config', to }], NOW)).rejects.toMatchObject(
      invalid,
    );
    await expect(updateRefs(gitDir, [{ name: 'HEAD', to }], NOW)).rejects.toMatchObject(invalid);
    const zeros = '0'.repeat(40) as typeof to;
    await expect(updateRefs(gitDir, [{ name: 'refs/heads/a', to: zeros }], NOW)).rejects.toMatchObject(
      invalid,
    );
    const twice = { name: 'refs/heads/a', to };
    await expect(updateRefs(gitDir, [twice, twice], NOW)).rejects.toMatchObject(invalid);
    expect(refsByGit(gitDir)).toEqual([]);
  });
});

describe('a name in the way of another', () => {
  test.each([
    ['loose', false],
    ['packed', true],
  ])('is a conflict when it is %s', async (_, packed) => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const to = commits[0];
    await updateRefs(gitDir, [{ name: 'refs/heads/a/b', to }], NOW);
    if (packed) gitText(gitDir, 'pack-refs', '--all', '--prune');
    for (const name of ['refs/heads/a', 'refs/heads/a/b/c', 'refs/heads/a/b/c/d']) {
      await expect(updateRefs(gitDir, [{ name, to }], NOW)).rejects.toMatchObject({
        code: 'conflict',
        data: { name },
      });
    }
    expect(refsByGit(gitDir)).toEqual([`${to} refs/heads/a/b `]);
  });

  test('is a conflict within one change', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const both = ['refs/heads/a/b', 'refs/heads/a'].map((name) => ({ name, to: commits[0] }));
    await expect(updateRefs(gitDir, both, NOW)).rejects.toMatchObject({ code: 'conflict' });
    expect(refsByGit(gitDir)).toEqual([]);
    expect(treeOfRefs(gitDir)).toEqual(['heads', 'tags']);
  });

  test('is none when only empty folders are left of it', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    mkdirSync(join(gitDir, 'refs', 'heads', 'a', 'b', 'c'), { recursive: true });
    await updateRefs(gitDir, [{ name: 'refs/heads/a', to: commits[0] }], NOW);
    expect(refsByGit(gitDir)).toEqual([`${commits[0]} refs/heads/a `]);
  });
});

describe('locks of refs', () => {
  test('of Git are respected, for one ref and for packed-refs', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const [a, b] = commits;
    await updateRefs(gitDir, [{ name: 'refs/heads/main', to: a }], NOW);
    writeFileSync(join(gitDir, 'refs', 'heads', 'main.lock'), '');
    await expect(updateRefs(gitDir, [{ name: 'refs/heads/main', to: b }], NOW)).rejects.toMatchObject({
      code: 'locked',
      hint: expect.stringContaining(join('refs', 'heads', 'main.lock')),
    });
    rmSync(join(gitDir, 'refs', 'heads', 'main.lock'));
    writeFileSync(join(gitDir, 'packed-refs.lock'), '');
    await expect(updateRefs(gitDir, [{ name: 'refs/heads/main', to: null }], NOW)).rejects.toMatchObject({
      code: 'locked',
    });
    await expect(packRefs(gitDir, NOW)).rejects.toMatchObject({ code: 'locked' });
    expect(readRef(gitDir, 'refs/heads/main')).toBe(a);
    await updateRefs(gitDir, [{ name: 'refs/heads/main', to: b }], NOW);
  });

  test('are respected by Git', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const update = () =>
      gitText(gitDir, '-c', 'core.filesRefLockTimeout=0', 'update-ref', 'refs/heads/main', commits[0]);
    const lock = await acquireLock(join(gitDir, 'refs', 'heads', 'main'), { timeoutMs: 0, purpose: 'test' });
    expect(update).toThrow(/main\.lock': File exists/);
    lock.release();
    update();
  });

  test('are waited for together no longer than asked, and all let go', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    writeFileSync(join(gitDir, 'refs', 'heads', 'z.lock'), '');
    const names = ['refs/heads/z', 'refs/heads/new/a', 'refs/heads/b'];
    const changes = names.map((name) => ({ name, to: commits[0] }));
    await expect(updateRefs(gitDir, changes, { timeoutMs: 2 })).rejects.toMatchObject({ code: 'locked' });
    expect(treeOfRefs(gitDir)).toEqual(['heads', 'heads/z.lock', 'tags']);
    const signal = AbortSignal.abort();
    await expect(updateRefs(gitDir, changes, { timeoutMs: 9, signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

test('nothing is written through a symbolic link', async () => {
  using folder = temporaryFolder();
  const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
  renameSync(join(gitDir, 'refs', 'tags'), join(folder.path, 'outside'));
  symlinkSync(join(folder.path, 'outside'), join(gitDir, 'refs', 'tags'));
  for (const to of [commits[0], null]) {
    await expect(updateRefs(gitDir, [{ name: 'refs/tags/v1', to }], NOW)).rejects.toMatchObject({
      code: 'hostile',
    });
  }
  expect(readdirSync(join(folder.path, 'outside'))).toEqual([]);
});

test('a repository that has gone is not made again', async () => {
  using folder = temporaryFolder();
  const to = '1'.repeat(40) as never;
  await expect(
    updateRefs(join(folder.path, 'gone.git'), [{ name: 'refs/heads/a', to }], NOW),
  ).rejects.toMatchObject({
    code: 'not-found',
  });
  expect(existsSync(join(folder.path, 'gone.git'))).toBe(false);
});
