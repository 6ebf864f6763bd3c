import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gitText, git as runGit, temporaryFolder } from '@cairn/testkit';
import * as git from 'isomorphic-git';
import { describe, expect, test } from 'vitest';
import { openRepository } from '../../src/repository/open.ts';
import { createSeam } from '../../src/repository/seam.ts';
import { createFixture } from '../refs/fixture.ts';

describe('the seam', () => {
  test('shows isomorphic-git objects of packs as if they were loose, deltas included, and no packs', async () => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    const lines = Array.from({ length: 2000 }, (_, index) => `line ${index}\n`);
    const ids = [0, 1, 2].map((index) => {
      const text = lines.with(index * 500, 'another\n').join('');
      return runGit(gitDir, ['hash-object', '-w', '--stdin'], text).toString().trim();
    });
    const tree = runGit(gitDir, ['mktree'], ids.map((id, index) => `100644 blob ${id}\tf${index}\n`).join(''))
      .toString()
      .trim();
    gitText(gitDir, 'update-ref', 'refs/heads/main', gitText(gitDir, 'commit-tree', '-m', 'x', tree));
    gitText(gitDir, 'repack', '-adfq', '--window=10', '--depth=10');
    gitText(gitDir, 'prune-packed');
    const repository = openRepository(gitDir);
    const seam = createSeam(repository);
    for (const [index, oid] of ids.entries()) {
      const { blob } = await git.readBlob({ ...seam, oid });
      expect(Buffer.from(blob).toString()).toBe(lines.with(index * 500, 'another\n').join(''));
    }
    expect(await seam.fs.promises.readdir(`${seam.gitdir}/objects/pack`)).toEqual([]);
    expect(readdirSync(join(gitDir, 'objects', 'pack')).length).toBeGreaterThan(1);
    expect(await git.resolveRef({ ...seam, ref: 'HEAD' })).toBe(gitText(gitDir, 'rev-parse', 'HEAD'));
    expect(await git.listBranches(seam)).toEqual(['main']);
  });

  test('refuses to write refs, packs and links, and to remove anything', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[0]);
    const seam = createSeam(openRepository(gitDir));
    const refused = { code: 'unsupported' };
    await expect(git.writeRef({ ...seam, ref: 'refs/heads/a', value: commits[1] })).rejects.toMatchObject(
      refused,
    );
    await expect(
      git.writeRef({ ...seam, ref: 'refs/heads/main', value: commits[1], force: true }),
    ).rejects.toMatchObject(refused);
    await expect(git.deleteRef({ ...seam, ref: 'refs/heads/main' })).rejects.toMatchObject(refused);
    const { promises } = seam.fs;
    for (const name of [
      'HEAD',
      'packed-refs',
      'refs/heads/deep/er',
      'objects/pack/pack-1.pack',
      'config.lock',
    ]) {
      await expect(promises.writeFile(`${seam.gitdir}/${name}`, 'x')).rejects.toMatchObject(refused);
    }
    await expect(promises.symlink('x', `${seam.gitdir}/x`)).rejects.toMatchObject(refused);
    await expect(promises.rmdir(`${seam.gitdir}/refs`)).rejects.toMatchObject(refused);
    expect(gitText(gitDir, 'rev-parse', 'HEAD')).toBe(commits[0]);
  });

  test('writes other files durably, with nothing left beside them', async () => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    const seam = createSeam(openRepository(gitDir));
    const before = readdirSync(gitDir);
    await git.setConfig({ ...seam, path: 'user.name', value: 'Ada' });
    expect(gitText(gitDir, 'config', 'user.name')).toBe('Ada');
    expect(readdirSync(gitDir)).toEqual(before);
  });

  test.each([
    '/etc/passwd',
    '/repository/../etc/passwd',
    '/repository//config',
    '/repository/./config',
    '/repositoryx/config',
    '/repository/a\\..\\b',
  ])('does not lead to %s', async (path) => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    const { promises } = createSeam(openRepository(gitDir)).fs;
    await expect(promises.readFile(path)).rejects.toMatchObject({ code: 'hostile' });
    await expect(promises.writeFile(path, 'x')).rejects.toMatchObject({ code: 'hostile' });
  });

  test('does not follow symbolic links', async () => {
    using folder = temporaryFolder();
    const { gitDir } = createFixture(join(folder.path, 'a.git'));
    symlinkSync('/etc/passwd', join(gitDir, 'shallow'));
    const { promises } = createSeam(openRepository(gitDir)).fs;
    await expect(promises.readFile('/repository/shallow')).rejects.toMatchObject({ code: 'hostile' });
    expect(existsSync('/etc/passwd')).toBe(true);
    expect(readFileSync(join(gitDir, 'HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
  });
});
