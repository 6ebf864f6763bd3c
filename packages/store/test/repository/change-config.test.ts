import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { changeConfig } from '../../src/repository/change-config.ts';
import { createRepository } from '../../src/repository/create.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';
import { readConfig } from '../../src/repository/read-config.ts';

const NOW = { timeoutMs: 0 };

function createAndOpen(folder: string): Repository {
  createRepository(join(folder, 'a.git'));
  return openRepository(join(folder, 'a.git'));
}

describe('changing the configuration', () => {
  test('sets, adds, replaces and removes what Git then reads', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const get = (key: string) => gitText(repository.gitDir, 'config', '--get-all', key).split('\n');
    await changeConfig(
      repository,
      [
        { key: 'remote.shared.url', value: 'https://example.invalid/a # "b"\\c' },
        { key: 'remote.shared.fetch', value: '+refs/heads/models/a:refs/remotes/shared/main', append: true },
        { key: 'remote.shared.fetch', value: 'refs/tags/a/*:refs/tags/*', append: true },
        { key: 'remote.my.team.promisor', value: 'true' },
        { key: 'gc.auto', value: '1' },
      ],
      NOW,
    );
    expect(get('remote.shared.url')).toEqual(['https://example.invalid/a # "b"\\c']);
    expect(get('remote.shared.fetch')).toEqual([
      '+refs/heads/models/a:refs/remotes/shared/main',
      'refs/tags/a/*:refs/tags/*',
    ]);
    expect(get('remote.my.team.promisor')).toEqual(['true']);
    expect(get('gc.auto')).toEqual(['1']);
    expect(readConfig(repository.gitDir).get('remote.shared.fetch')).toEqual(get('remote.shared.fetch'));
    await changeConfig(
      repository,
      [
        { key: 'remote.shared.fetch', value: null },
        { key: 'remote.shared.fetch', value: 'refs/heads/x:refs/heads/x', append: true },
        { key: 'remote.shared.url', value: null },
        { key: 'never.was', value: null },
      ],
      NOW,
    );
    expect(get('remote.shared.fetch')).toEqual(['refs/heads/x:refs/heads/x']);
    expect(readConfig(repository.gitDir).has('remote.shared.url')).toBe(false);
    expect(readdirSync(repository.gitDir).sort()).toEqual(['HEAD', 'config', 'objects', 'refs']);
  });

  test('takes a section away with its last setting, and leaves what else stands there', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const path = join(repository.gitDir, 'config');
    appendFileSync(
      path,
      '[remote "b"]\n\t# of mine\n\turl = x\n[branch "main"]\n\n[remote "c"]\n\turl = x\n',
    );
    const before = readFileSync(path, 'utf8');
    const added = [
      { key: 'remote.A.url', value: 'x' },
      { key: 'remote.A.fetch', value: 'y' },
      { key: 'branch.main.remote', value: 'A' },
    ];
    await changeConfig(repository, added, NOW);
    const taken = [...added, { key: 'remote.b.url', value: null }].map(({ key }) => ({ key, value: null }));
    await changeConfig(repository, taken.slice(0, 1), NOW);
    expect(readFileSync(path, 'utf8')).toContain('[remote "A"]\n');
    await changeConfig(repository, taken, NOW);
    const after = before.replace('\turl = x\n[branch', '[branch').replace('[branch "main"]\n', '');
    expect(readFileSync(path, 'utf8')).toBe(after);
    expect(gitText(repository.gitDir, 'config', '--local', 'remote.c.url')).toBe('x');
  });

  test('leaves lines that are not concerned as they are', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const path = join(repository.gitDir, 'config');
    appendFileSync(path, '# kept ; as it is\n[alias]\n  st = "status \\"x\\""   # here\n');
    const before = readFileSync(path, 'utf8');
    await changeConfig(repository, [{ key: 'pack.window', value: '7' }], NOW);
    expect(readFileSync(path, 'utf8')).toBe(before.replace('window = 0', 'window = 7'));
  });

  test('waits for the lock of Git, and refuses as a whole what cannot be set', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const path = join(repository.gitDir, 'config');
    const before = readFileSync(path, 'utf8');
    writeFileSync(`${path}.lock`, '');
    await expect(changeConfig(repository, [{ key: 'a.b', value: 'c' }], NOW)).rejects.toMatchObject({
      code: 'locked',
    });
    gitText(folder.path, 'config', '--file', join(folder.path, 'other'), 'a.b', 'c');
    const refused = (key: string, value: string) =>
      changeConfig(
        repository,
        [
          { key: 'a.b', value: 'c' },
          { key, value },
        ],
        NOW,
      );
    for (const key of ['a', 'a.1b', 'a.b\nc.d', 'a."].c', 'a b.c']) {
      await expect(refused(key, 'x')).rejects.toMatchObject({ code: 'invalid' });
    }
    await expect(refused('a.b', 'x\0')).rejects.toMatchObject({ code: 'invalid' });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('does not guess in a file of a form that isomorphic-git does not understand', async () => {
    using folder = temporaryFolder();
    const repository = createAndOpen(folder.path);
    const path = join(repository.gitDir, 'config');
    appendFileSync(path, '[a]\n\tb = one \\\n\t  two\n');
    const before = readFileSync(path, 'utf8');
    await expect(changeConfig(repository, [{ key: 'a.b', value: 'c' }], NOW)).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
