import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, serveByHttp, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { openRepository } from '../../src/repository/open.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { pushRefs } from '../../src/transport/push-refs.ts';
import {
  addVersion,
  makePartial,
  newRepository,
  objectIdsIn,
  PART_SIZE,
  partIds,
  programsWith,
  sharedFixture,
} from './fixture.ts';

const programs = programsWith();

function idOf(gitDir: string, name: string): ObjectId {
  return gitText(gitDir, 'rev-parse', name) as ObjectId;
}

/** Bytes of all packs and loose objects. */
function sizeOf(gitDir: string): number {
  const counts = Object.fromEntries(
    gitText(gitDir, 'count-objects', '-v')
      .split('\n')
      .map((line) => line.split(': ')),
  );
  return (Number(counts.size) + Number(counts['size-pack'])) * 1024;
}

function seeds(count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

test('a push sets refs, and sends what the remote lacks, and no part twice', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const v1 = addVersion(local, 'v1', { parts: seeds(40) });
  const repository = openRepository(local);
  const main = idOf(local, 'main');
  const first = await pushRefs(repository, {
    url: remote,
    programs,
    updates: [
      { local: main, remote: 'refs/heads/models/m', expect: null },
      { local: v1, remote: 'refs/tags/m/v1', expect: null },
    ],
  });
  expect(first.map(({ ok, unchanged }) => [ok, unchanged])).toEqual([
    [true, false],
    [true, false],
  ]);
  expect(idOf(remote, 'refs/tags/m/v1')).toBe(v1);
  const before = sizeOf(remote);
  // One part is new, the others stand elsewhere in the file.
  const v2 = addVersion(local, 'v2', { parts: [99, ...seeds(39)] });
  const updates = [
    { local: idOf(local, 'main'), remote: 'refs/heads/models/m', expect: main },
    { local: v2, remote: 'refs/tags/m/v2', expect: null },
  ];
  const second = await pushRefs(repository, { url: remote, programs, updates });
  expect(second.map(({ ok }) => ok)).toEqual([true, true]);
  expect(sizeOf(remote) - before).toBeLessThan(2 * PART_SIZE);
  expect(gitText(remote, 'for-each-ref', '--format=%(refname)').split('\n')).toEqual([
    'refs/heads/models/m',
    'refs/tags/m/v1',
    'refs/tags/m/v2',
  ]);
  fsckStrict(remote);
  expect(objectIdsIn(local)).toEqual(expect.arrayContaining(partIds(local, 'v2')));
  const again = await pushRefs(repository, { url: remote, programs, updates });
  expect(again.every(({ unchanged }) => unchanged)).toBe(true);
  expect(readdirSync(join(local, 'cairn', 'transfers'))).toEqual([]);
  repository.close();
});

test('what would overwrite something is rejected ref by ref, and the others go', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const [a, b] = [addVersion(local, 'a', { parts: [1] }), addVersion(local, 'b', { parts: [2] })];
  git(remote, ['fetch', '--quiet', local, 'refs/tags/a:refs/tags/m/taken', 'main:refs/heads/main']);
  const repository = openRepository(local);
  const main = idOf(local, 'main');
  const root = idOf(local, 'main~1');
  const updates = [
    { local: b, remote: 'refs/tags/m/taken', expect: null },
    { local: b, remote: 'refs/tags/m/other', expect: a },
    { local: root, remote: 'refs/heads/main', expect: main },
    { local: b, remote: 'refs/tags/m/free', expect: null },
  ];
  const results = await pushRefs(repository, { url: remote, programs, updates });
  expect(results.map(({ ok, reason }) => (ok ? 'ok' : reason))).toEqual([
    'exists',
    'moved',
    'not-fast-forward',
    'ok',
  ]);
  const atomic = await pushRefs(repository, {
    url: remote,
    programs,
    atomic: true,
    updates: [...updates.slice(0, 1), { local: b, remote: 'refs/tags/m/new', expect: null }],
  });
  expect(atomic.map(({ reason }) => reason)).toEqual(['exists', 'not-tried']);
  // The same when the remote has moved since it was listed.
  const stale = new Map<string, ObjectId>();
  const raced = await pushRefs(repository, { url: remote, programs, updates, remoteRefs: stale });
  expect(raced.map(({ reason }) => reason)).toEqual(['exists', 'moved', 'moved', null]);
  const moved = await pushRefs(repository, {
    url: remote,
    programs,
    remoteRefs: new Map([['refs/heads/main', root]]),
    updates: [{ local: null, remote: 'refs/heads/main', expect: root }],
  });
  expect(moved).toMatchObject([{ ok: false, reason: 'moved' }]);
  const forced = await pushRefs(repository, {
    url: remote,
    programs,
    updates: [
      { local: b, remote: 'refs/tags/m/taken', expect: a },
      { local: root, remote: 'refs/heads/main', expect: main, force: true },
      { local: null, remote: 'refs/tags/m/free', expect: b },
    ],
  });
  expect(forced.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(idOf(remote, 'refs/tags/m/taken')).toBe(b);
  repository.close();
});

test('a hook of the remote that declines is told with its words', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: [1] });
  const hook = join(remote, 'hooks', 'update');
  writeFileSync(hook, '#!/bin/sh\necho "no tags on Sundays" >&2\nexit 1\n');
  chmodSync(hook, 0o755);
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/m/v1', expect: null }];
  const [result] = await pushRefs(repository, { url: remote, programs, updates });
  expect(result).toMatchObject({
    ok: false,
    reason: 'declined',
    detail: expect.stringContaining('no tags on Sundays'),
  });
  repository.close();
});

test('a host that takes no refs but branches and tags gets all without the link', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: seeds(20) });
  git(remote, ['fetch', '--quiet', local, 'refs/tags/v1:refs/tags/m/v1']);
  const hook = join(remote, 'hooks', 'pre-receive');
  writeFileSync(hook, '#!/bin/sh\nif grep -q refs/cairn; then echo "only branches and tags"; exit 1; fi\n');
  chmodSync(hook, 0o755);
  const tag = addVersion(local, 'v2', { parts: seeds(20, 2) });
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/m/v2', expect: null }];
  expect(await pushRefs(repository, { url: remote, programs, updates })).toMatchObject([{ ok: true }]);
  fsckStrict(remote);
  repository.close();
});

test('a lazy clone pushes a version whose other parts only the remote has', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: seeds(20) });
  git(local, ['push', '--quiet', remote, 'main', 'refs/tags/v1']);
  await using server = await serveByHttp(join(folder.path, 'served'));
  const url = server.urlOf('remote.git');
  using lazy = newRepository(join(folder.path, 'lazy.git'));
  makePartial(lazy.gitDir, url);
  const refspecs = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'];
  await fetchRefs(lazy, { url, programs, refspecs, filter: 'blob:limit=64k' });
  const commit = versionOf(lazy.gitDir, 'v1', 20);
  const updates = [{ local: commit, remote: 'refs/tags/v2', expect: null }];
  expect(await pushRefs(lazy, { url, programs, updates })).toMatchObject([{ ok: true }]);
  fsckStrict(remote);
  expect(lazy.objects.has(partIds(local, 'v1')[5]!)).toBe(false);
  const elsewhere = join(folder.path, 'served', 'other.git');
  gitText(folder.path, 'init', '--quiet', '--bare', elsewhere);
  await expect(pushRefs(lazy, { url: elsewhere, programs, updates })).rejects.toMatchObject({
    code: 'not-found',
  });
});

/** A commit whose tree is that of a version, with one part more. */
function versionOf(gitDir: string, name: string, _parts: number): ObjectId {
  const blob = git(gitDir, ['hash-object', '-w', '--stdin'], 'a new part').toString().trim();
  const folder = (path: string) =>
    git(gitDir, ['cat-file', '-p', `refs/tags/${name}^{commit}:${path}`]).toString();
  const make = (text: string) => git(gitDir, ['mktree', '--missing'], text).toString().trim();
  const parts = make(`${folder('files/w.parts')}100644 blob ${blob}\tnew\n`);
  const files = make(`040000 tree ${parts}\tw.parts\n`);
  const root = make(`040000 tree ${files}\tfiles\n`);
  return gitText(gitDir, 'commit-tree', '-p', 'main', '-m', 'v2', root) as ObjectId;
}
