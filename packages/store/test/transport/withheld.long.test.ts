import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, serveByHttp, temporaryFolder, withholdingConfig } from '@cairn/testkit';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import type { Repository } from '../../src/repository/open.ts';
import { fetchObjects } from '../../src/transport/fetch-objects.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { addVersion, makePartial, newRepository, partIds, programsWith, sharedFixture } from './fixture.ts';

const programs = programsWith();
const refspecs = ['refs/heads/models/m:refs/heads/main', 'refs/tags/m/*:refs/tags/*'];
const LAZY = 'blob:limit=64k';
/** What a server may leave out of two versions, one of them new, and how Git names it. */
const WITHHELD = [
  ['folder of parts', 'v2^{commit}:files/w.parts'],
  ['folder of files', 'v2^{commit}:files'],
  ['tree of a version', 'v2^{tree}'],
  ['tree of main', 'main^{tree}'],
  ['commit that histories begin with', 'main~1'],
  ['folder of an older version', 'v1^{commit}:files'],
] as const;

/** A remote with two versions, of which the second shares parts with the first. */
function sharedVersions(folder: string): { readonly local: string; readonly remote: string } {
  const { local, remote } = sharedFixture(folder);
  addVersion(local, 'v1', { parts: [1, 2] });
  addVersion(local, 'v2', { parts: [1, 3] });
  git(local, ['push', '--quiet', remote, 'refs/heads/main:refs/heads/models/m', 'refs/tags/*:refs/tags/m/*']);
  return { local, remote };
}

/** A client of a server on the same machine that leaves objects out. */
function withheldFrom(folder: string, ids: readonly string[]) {
  return programsWith({ GIT_CONFIG_GLOBAL: withholdingConfig(folder, ids) });
}

function expectNothingIn({ gitDir }: Repository): void {
  expect(gitText(gitDir, 'for-each-ref')).toBe('');
  expect(readdirSync(join(gitDir, 'objects', 'pack'))).toEqual([]);
  expect(readdirSync(join(gitDir, 'cairn', 'transfers'))).toEqual([]);
}

test.each(WITHHELD)('a remote that withholds the %s is found out, in lazy fetches too', async (_, name) => {
  using folder = temporaryFolder();
  const { local, remote } = sharedVersions(folder.path);
  const id = gitText(local, 'rev-parse', name);
  const hostile = withheldFrom(join(folder.path, 'server'), [id]);
  for (const filter of [null, LAZY]) {
    using other = newRepository(join(folder.path, `other-${filter !== null}.git`));
    if (filter !== null) makePartial(other.gitDir, remote);
    await expect(
      fetchRefs(other, { url: remote, refspecs, filter, programs: hostile }),
    ).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(new RegExp(`did not send .*${id}`)),
    });
    expectNothingIn(other);
    const { refs } = await fetchRefs(other, { url: remote, refspecs, filter, programs });
    expect(refs.map(({ state }) => state)).toEqual(['new', 'new', 'new']);
    fsckStrict(other.gitDir);
  }
});

test('what is new is looked through, and what was here before is counted on', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedVersions(folder.path);
  using other = newRepository(join(folder.path, 'other.git'));
  await fetchRefs(other, { url: remote, refspecs, programs });
  addVersion(local, 'v3', { parts: [1, 4] });
  git(local, [
    'push',
    '--quiet',
    remote,
    'refs/heads/main:refs/heads/models/m',
    'refs/tags/v3:refs/tags/m/v3',
  ]);
  const before = gitText(other.gitDir, 'for-each-ref');
  const id = gitText(local, 'rev-parse', 'v3^{commit}:files/w.parts');
  const hostile = withheldFrom(join(folder.path, 'server'), [id]);
  await expect(fetchRefs(other, { url: remote, refspecs, programs: hostile })).rejects.toMatchObject({
    code: 'damaged',
  });
  expect(gitText(other.gitDir, 'for-each-ref')).toBe(before);
  await fetchRefs(other, { url: remote, refspecs, programs });
  expect(partIds(other.gitDir, 'v3')).toEqual(partIds(local, 'v3'));
  fsckStrict(other.gitDir);
});

test('blobs that a remote has and does not give are named, where all of them are to come', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedVersions(folder.path);
  const small = gitText(local, 'rev-parse', 'v2^{commit}:version.json') as ObjectId;
  const ids = [small, partIds(local, 'v2')[1]!];
  const hostile = withheldFrom(join(folder.path, 'server'), ids);
  using full = newRepository(join(folder.path, 'full.git'));
  await expect(fetchRefs(full, { url: remote, refspecs, programs: hostile })).rejects.toMatchObject({
    data: { said: expect.stringContaining(small) },
  });
  expect(gitText(full.gitDir, 'for-each-ref')).toBe('');
  using lazy = newRepository(join(folder.path, 'lazy.git'));
  makePartial(lazy.gitDir, remote);
  await fetchRefs(lazy, { url: remote, refspecs, filter: LAZY, programs: hostile });
  await expect(fetchObjects(lazy, { url: remote, ids, programs: hostile })).rejects.toMatchObject({
    data: { said: expect.stringContaining(small) },
  });
});

test('where a history is cut off on purpose, nothing is withheld', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedVersions(folder.path);
  using other = newRepository(join(folder.path, 'other.git'));
  git(other.gitDir, ['fetch', '--quiet', '--depth=1', `file://${remote}`, 'refs/heads/models/m']);
  const { refs } = await fetchRefs(other, {
    ...{ url: remote, programs },
    refspecs: ['refs/heads/models/m:refs/heads/main', 'refs/tags/m/v2:refs/tags/v2'],
  });
  expect(refs.map(({ state }) => state)).toEqual(['new', 'new']);
  expect(other.objects.has(gitText(local, 'rev-parse', 'main~1') as ObjectId)).toBe(false);
  fsckStrict(other.gitDir);
});

test('without Git, a remote that withholds something is found out as well', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedVersions(folder.path);
  // What `HEAD` stands for has to be there.
  git(remote, ['update-ref', 'refs/heads/main', 'refs/heads/models/m']);
  for (const name of ['main~1', 'main~1^{tree}', 'v1^{commit}:files', 'v2^{commit}:version.json']) {
    const id = gitText(local, 'rev-parse', name);
    const config = withholdingConfig(join(folder.path, 'server'), [id]);
    await using server = await serveByHttp(join(folder.path, 'served'), { config });
    using other = newRepository(join(folder.path, `${id}.git`));
    await expect(
      fetchRefs(other, { url: server.urlOf('remote.git'), refspecs, programs: { ...programs, git: null } }),
    ).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining(id) });
    expectNothingIn(other);
  }
});
