import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fsckStrict, git, gitText, serveByHttp, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { fetchObjects } from '../../src/transport/fetch-objects.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { listRemoteRefs } from '../../src/transport/list-remote-refs.ts';
import {
  addVersion,
  makePartial,
  newRepository,
  PART_SIZE,
  partIds,
  programsWith,
  sharedFixture,
} from './fixture.ts';

const programs = programsWith();
const REFSPECS = ['refs/heads/models/m:refs/heads/main', 'refs/tags/m/*:refs/tags/*'];
const PUSH = ['refs/heads/main:refs/heads/models/m', 'refs/tags/*:refs/tags/m/*'];

test('refs of a remote are listed, and fetched with all they reach', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: [1, 2, 3] });
  git(local, ['push', '--quiet', remote, ...PUSH]);
  const listed = await listRemoteRefs(null, remote, { programs });
  expect([...listed.keys()]).toEqual(['refs/heads/models/m', 'refs/tags/m/v1']);
  expect(listed.get('refs/tags/m/v1')).toBe(tag);

  using other = newRepository(join(folder.path, 'other.git'));
  const first = await fetchRefs(other, { url: remote, refspecs: REFSPECS, programs });
  expect(first.refs.map(({ name, state }) => [name, state])).toEqual([
    ['refs/heads/main', 'new'],
    ['refs/tags/v1', 'new'],
  ]);
  // Parts come by their ids; the repository is complete, and no partial clone.
  expect(first).toMatchObject({ filtered: false, received: { packs: 2 } });
  expect(
    readdirSync(join(other.gitDir, 'objects', 'pack'))
      .map(extname)
      .sort(),
  ).toEqual(['.idx', '.idx', '.pack', '.pack']);
  fsckStrict(other.gitDir);
  expect(partIds(other.gitDir, 'v1')).toEqual(partIds(local, 'v1'));
  for (const id of partIds(local, 'v1'))
    expect((await other.objects.read(id)).bytes).toHaveLength(100 * 1024);
  const again = await fetchRefs(other, { url: remote, refspecs: REFSPECS, programs });
  expect(again.refs.map(({ state }) => state)).toEqual(['unchanged', 'unchanged']);
  expect(again.received.packs).toBe(0);
});

test('a fetch of everything brings no part that is here, whatever version it is of', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1, 2, 3, 4, 5, 6] });
  git(local, ['push', '--quiet', remote, ...PUSH]);
  using other = newRepository(join(folder.path, 'other.git'));
  await fetchRefs(other, { url: remote, refspecs: REFSPECS, programs });
  addVersion(local, 'v2', { parts: [7, 1, 2, 3, 4, 5] });
  git(local, ['push', '--quiet', remote, ...PUSH]);
  const { received } = await fetchRefs(other, { url: remote, refspecs: REFSPECS, programs });
  expect(received.bytes).toBeLessThan(2 * PART_SIZE);
  fsckStrict(other.gitDir);
});

test('a server without filters is asked for everything at once', async () => {
  using folder = temporaryFolder();
  const { local } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1, 2, 3] });
  await using server = await serveByHttp(join(folder.path, 'served'), { filters: false });
  const url = server.urlOf('remote.git');
  git(local, ['push', '--quiet', url, ...PUSH]);
  using other = newRepository(join(folder.path, 'other.git'));
  const result = await fetchRefs(other, { url, refspecs: REFSPECS, programs });
  expect(result.received.packs).toBe(1);
  fsckStrict(other.gitDir);
});

test('refs come out of a bundle too', async () => {
  using folder = temporaryFolder();
  const { local } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1, 2, 3] });
  const bundle = join(folder.path, 'it.bundle');
  git(local, ['bundle', 'create', '--quiet', bundle, '--all']);
  using other = newRepository(join(folder.path, 'other.git'));
  const refspecs = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'];
  const { refs } = await fetchRefs(other, { url: bundle, refspecs, programs });
  expect(refs.map(({ state }) => state)).toEqual(['new', 'new']);
  fsckStrict(other.gitDir);
});

test('a partial fetch leaves parts out, and brings them by id in packs that Git takes too', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1, 2, 3, 4] });
  git(local, ['push', '--quiet', remote, ...PUSH]);
  for (const filters of [true, false]) {
    await using server = await serveByHttp(join(folder.path, 'served'), { filters });
    const url = server.urlOf('remote.git');
    using other = newRepository(join(folder.path, `other-${filters}.git`));
    makePartial(other.gitDir, url);
    const options = { url, programs, refspecs: REFSPECS, filter: 'blob:limit=64k' };
    const result = await fetchRefs(other, options);
    expect(result.filtered).toBe(filters);
    const parts = partIds(local, 'v1');
    expect(parts.map((id) => other.objects.has(id))).toEqual(parts.map(() => !filters));
    const progress: number[] = [];
    const ids = parts.slice(1);
    await fetchObjects(other, { url, ids, programs, onProgress: ({ bytes }) => progress.push(bytes) });
    for (const id of ids) expect((await other.objects.read(id)).bytes).toHaveLength(100 * 1024);
    expect(other.objects.has(parts[0]!)).toBe(!filters);
    if (filters) expect(progress.at(-1)).toBeGreaterThan(300 * 1024);
    fsckStrict(other.gitDir);
    // Git brings the last one by itself.
    expect(git(other.gitDir, ['cat-file', 'blob', parts[0]!])).toHaveLength(100 * 1024);
  }
});

test('objects that the remote does not have are named, and the others come', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1, 2] });
  git(local, ['push', '--quiet', remote, ...PUSH]);
  addVersion(local, 'v2', { parts: [8, 9] });
  using other = newRepository(join(folder.path, 'other.git'));
  makePartial(other.gitDir, remote);
  const [there, elsewhere] = [partIds(local, 'v1'), partIds(local, 'v2')];
  const ids = [elsewhere[0]!, ...there, elsewhere[1]!];
  await expect(fetchObjects(other, { url: remote, ids, programs })).rejects.toMatchObject({
    code: 'not-found',
    data: { ids: [elsewhere[0], elsewhere[1]] },
  });
  expect(there.every((id) => other.objects.has(id))).toBe(true);
});

test('tags never move and branches only go forward, whatever the remote has; each is told', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  for (const name of ['gone', 'moved', 'same']) addVersion(local, name, { parts: [1] });
  git(local, ['push', '--quiet', remote, ...PUSH]);
  using other = newRepository(join(folder.path, 'other.git'));
  await fetchRefs(other, { url: remote, refspecs: REFSPECS, programs });
  const before = gitText(other.gitDir, 'for-each-ref');
  git(remote, ['update-ref', '-d', 'refs/tags/m/gone']);
  git(remote, ['update-ref', 'refs/tags/m/moved', 'refs/tags/m/same']);
  const root = gitText(remote, 'rev-list', '--max-parents=0', 'refs/heads/models/m');
  git(remote, ['update-ref', 'refs/heads/models/m', root]);
  const refspecs = REFSPECS.map((each) => `+${each}`.replace('+refs/heads', 'refs/heads'));
  const states = async () =>
    Object.fromEntries(
      (await fetchRefs(other, { url: remote, refspecs, programs })).refs.map(({ name, state }) => [
        name,
        state,
      ]),
    );
  expect(await states()).toEqual({
    'refs/heads/main': 'ahead',
    'refs/tags/gone': 'only-here',
    'refs/tags/moved': 'conflict',
    'refs/tags/same': 'unchanged',
  });
  const tree = gitText(remote, 'rev-parse', `${root}^{tree}`);
  const aside = gitText(remote, 'commit-tree', '-p', root, '-m', 'aside', tree);
  git(remote, ['update-ref', 'refs/heads/models/m', aside]);
  expect((await states())['refs/heads/main']).toBe('diverged');
  expect(gitText(other.gitDir, 'for-each-ref')).toBe(before);
  git(remote, ['update-ref', '-d', 'refs/heads/models/m']);
  expect((await states())['refs/heads/main']).toBe('only-here');
});
