import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bareRepository, fsckStrict, git, gitText, serveByHttp, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { openRepository } from '../../src/repository/open.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { pushRefs } from '../../src/transport/push-refs.ts';
import { NO_SMALL_DISK, smallDisk } from '../ingest/small-disk.ts';
import { addVersion, newRepository, programsWith, sharedFixture } from './fixture.ts';

const programs = programsWith();
const PARTS = Array.from({ length: 30 }, (_, index) => index + 1);
/** Less than the parts, and enough for everything else. */
const DISK_SIZE = 2 * 1024 * 1024;

test('a full disk of the remote is told as such, by a path and by HTTP', async ({ skip }) => {
  using folder = temporaryFolder();
  using disk = smallDisk(DISK_SIZE);
  if (disk === null) return skip(NO_SMALL_DISK);
  const { local } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: PARTS });
  const remote = bareRepository(join(disk.path, 'remote.git'));
  await using server = await serveByHttp(disk.path);
  const repository = openRepository(local);
  for (const url of [remote, server.urlOf('remote.git')]) {
    const updates = [{ local: tag, remote: 'refs/tags/v1', expect: null }];
    await expect(pushRefs(repository, { url, programs, updates })).rejects.toMatchObject({
      code: 'no-space',
      message: expect.stringContaining('disk of the remote'),
    });
    expect(gitText(remote, 'for-each-ref')).toBe('');
  }
  fsckStrict(remote);
  repository.close();
});

test('a full disk on this side is told as such, and nothing half stays', async ({ skip }) => {
  using folder = temporaryFolder();
  using disk = smallDisk(DISK_SIZE);
  if (disk === null) return skip(NO_SMALL_DISK);
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: PARTS });
  git(local, ['push', '--quiet', remote, 'refs/tags/v1']);
  using repository = newRepository(join(disk.path, 'local.git'));
  const refspecs = ['refs/tags/*:refs/tags/*'];
  await expect(fetchRefs(repository, { url: remote, programs, refspecs })).rejects.toMatchObject({
    code: 'no-space',
    message: expect.not.stringContaining('remote is full'),
  });
  expect(gitText(repository.gitDir, 'for-each-ref')).toBe('');
  expect(readdirSync(join(repository.gitDir, 'objects', 'pack'))).toEqual([]);
  expect(readdirSync(join(repository.gitDir, 'cairn', 'transfers'))).toEqual([]);
});
