import { git, gitText, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../../src/objects/object-id.ts';
import { openRepository } from '../../../src/repository/open.ts';
import { pushRefs } from '../../../src/transport/push-refs.ts';
import { WITHOUT_GIT_SIZE_MAX } from '../../../src/transport/without-git/limits.ts';
import { programsWith, sharedFixture } from '../../transport/fixture.ts';

const programs = { ...programsWith(), git: null };

test('without Git, more than memory should hold is refused before it is sent', async () => {
  using folder = temporaryFolder();
  const { local } = sharedFixture(folder.path);
  const size = 32 * 1024 * 1024;
  const tag = addSparseVersion(local, size, WITHOUT_GIT_SIZE_MAX / size + 1);
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/v1', expect: null }];
  const options = { url: 'http://127.0.0.1:1/x', programs, updates, remoteRefs: new Map() };
  await expect(pushRefs(repository, options)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('at most 256 MiB'),
  });
  repository.close();
});

/** A version of large parts that take no room on the disk, as they are all zeros but for a number. */
function addSparseVersion(gitDir: string, size: number, count: number): ObjectId {
  const lines = Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.alloc(size);
    bytes.writeUInt32BE(index);
    const id = git(gitDir, ['-c', 'core.bigFileThreshold=1g', 'hash-object', '-w', '--stdin'], bytes)
      .toString()
      .trim();
    return `100644 blob ${id}\t${String(index).padStart(4, '0')}\n`;
  });
  const tree = git(gitDir, ['mktree'], lines.join('')).toString().trim();
  return gitText(gitDir, 'commit-tree', '-m', 'large', tree) as ObjectId;
}
