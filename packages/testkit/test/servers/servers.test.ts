import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  bareRepository,
  serveByDaemon,
  serveByHttp,
  serveByProxy,
  serveBySsh,
} from '@cairn/testkit/servers/servers.js';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../src/folders.ts';
import { git, gitText } from '../../src/git.ts';

/** A repository that is served, and a clone with something to push. */
function fixture(folder: string): string {
  bareRepository(join(folder, 'served', 'it.git'));
  const work = join(folder, 'work');
  gitText(folder, 'init', '--quiet', '--initial-branch=main', work);
  gitText(work, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  return work;
}

function pushAndList(work: string, url: string, settings: readonly string[] = []): string {
  git(work, [...settings, 'push', '--quiet', url, 'main']);
  return git(work, [...settings, 'ls-remote', url, 'refs/heads/main']).toString();
}

test('git daemon takes a push and answers', async () => {
  using folder = temporaryFolder();
  const work = fixture(folder.path);
  await using server = await serveByDaemon(join(folder.path, 'served'));
  expect(pushAndList(work, server.urlOf('it.git'))).toContain(gitText(work, 'rev-parse', 'HEAD'));
});

test('smart HTTP takes a push, and lets in only who it knows', async () => {
  using folder = temporaryFolder();
  const work = fixture(folder.path);
  const user = { name: 'ann', password: 'secret word' };
  await using server = await serveByHttp(join(folder.path, 'served'), { user });
  const url = server.urlOf('it.git');
  expect(pushAndList(work, url.replace('//', '//ann:secret%20word@'))).toContain('refs/heads/main');
  expect(() => git(work, ['ls-remote', url])).toThrow(/terminal prompts disabled/);
});

test('filters are offered or not, as it was said', async () => {
  using folder = temporaryFolder();
  const work = fixture(folder.path);
  for (const filters of [true, false]) {
    await using server = await serveByHttp(join(folder.path, 'served'), { filters });
    git(work, ['push', '--quiet', server.urlOf('it.git'), 'main']);
    const clone = join(folder.path, `clone-${filters}`);
    const args = ['clone', '--quiet', '--bare', '--filter=blob:none', server.urlOf('it.git'), clone];
    const run = spawnSync('git', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    expect(run.stderr.includes('filtering not recognized')).toBe(!filters);
  }
});

test('sshd takes a push with its key, and refuses another', async ({ skip }) => {
  using folder = temporaryFolder();
  const work = fixture(folder.path);
  await using server = await serveBySsh(join(folder.path, 'served'));
  if (server === null) return skip('sshd is not installed');
  const url = server.urlOf('it.git');
  const settings = ['-c', `core.sshCommand=${server.command}`];
  expect(pushAndList(work, url, settings)).toContain('refs/heads/main');
  const stranger = ['-c', `core.sshCommand=${server.strangersCommand}`];
  expect(() => git(work, [...stranger, 'ls-remote', url])).toThrow(/Permission denied/);
});

test('a proxy passes connections on until it cuts them', async () => {
  using folder = temporaryFolder();
  const work = fixture(folder.path);
  await using server = await serveByDaemon(join(folder.path, 'served'));
  await using proxy = await serveByProxy(server, [50, null]);
  const url = server.urlOf('it.git').replace(String(server.port), String(proxy.port));
  expect(() => git(work, ['push', '--quiet', url, 'main'])).toThrow();
  expect(pushAndList(work, url)).toContain('refs/heads/main');
});
