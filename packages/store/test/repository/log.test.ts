import { join } from 'node:path';
import { git, gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { readLog } from '../../src/repository/log.ts';
import { openRepository } from '../../src/repository/open.ts';
import { createFixture, createTag } from '../refs/fixture.ts';

describe('the log', () => {
  test('is that of Git, from a ref, a tag and an id, loose and packed', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[2]);
    gitText(gitDir, 'update-ref', 'refs/tags/v1', createTag(gitDir, commits[1], 'v1'));
    for (const step of [[], ['gc', '--quiet'], ['repack', '-adfq', '--depth=50', '--window=50']]) {
      if (step.length > 0) gitText(gitDir, ...step);
      const repository = openRepository(gitDir);
      const ids = async (start: string, depth?: number) =>
        (await readLog(repository, start, depth === undefined ? {} : { depth })).map(({ id }) => id);
      expect(await ids('refs/heads/main')).toEqual(gitText(gitDir, 'log', '--format=%H', 'main').split('\n'));
      expect(await ids('HEAD')).toHaveLength(3);
      expect(await ids('refs/tags/v1')).toEqual(gitText(gitDir, 'log', '--format=%H', 'v1').split('\n'));
      expect(await ids(commits[0])).toEqual([commits[0]]);
      expect(await ids('refs/heads/main', 2)).toEqual([commits[2], commits[1]]);
      expect(await ids('refs/heads/main', 0)).toEqual([]);
      expect(await ids('refs/heads/none')).toEqual([]);
      repository.close();
    }
  });

  test('tells who, when and what', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const repository = openRepository(gitDir);
    const [entry] = await readLog(repository, commits[1]);
    expect(entry).toMatchObject({
      id: commits[1],
      parents: [commits[0]],
      author: { name: 'Test', email: 'test@example.invalid', timezone: expect.stringMatching(/^[+-]\d{4}$/) },
      message: 'second\n',
    });
    expect(String(entry?.committer.seconds)).toBe(gitText(gitDir, 'log', '-1', '--format=%ct', commits[1]));
  });

  test('ends where a shallow clone ends', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    gitText(gitDir, 'update-ref', 'refs/heads/main', commits[2]);
    gitText(folder.path, 'clone', '--quiet', '--bare', '--depth=2', `file://${gitDir}`, 'b.git');
    const repository = openRepository(join(folder.path, 'b.git'));
    expect((await readLog(repository, 'refs/heads/main')).map(({ id }) => id)).toEqual([
      commits[2],
      commits[1],
    ]);
  });

  test('says which object is missing, and what is no commit', async () => {
    using folder = temporaryFolder();
    const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
    const repository = openRepository(gitDir);
    const missing = '1'.repeat(40) as ObjectId;
    await expect(readLog(repository, missing)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(missing),
    });
    const tree = gitText(gitDir, 'rev-parse', `${commits[0]}^{tree}`);
    await expect(readLog(repository, tree)).rejects.toMatchObject({ code: 'damaged' });
    const write = (text: string) =>
      git(gitDir, ['hash-object', '-w', '--literally', '-t', 'commit', '--stdin'], text).toString().trim();
    for (const text of [
      '',
      'garbage',
      `tree ${tree}\nauthor nobody\ncommitter nobody\n\nx\n`,
      `tree ${tree}\n\nx\n`,
    ]) {
      await expect(readLog(repository, write(text))).rejects.toMatchObject({ code: 'damaged' });
    }
    const elsewhere = write(
      `tree ${tree}\nparent ../../../../../../etc/passwd\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n`,
    );
    await expect(readLog(repository, elsewhere)).rejects.toMatchObject({
      code: expect.stringMatching(/hostile|damaged|not-found/),
    });
  });
});
