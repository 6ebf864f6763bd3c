import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { fsckStrict, git, gitText, serveByHttp, serveByProxy, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { encodeEntryHeader } from '../../src/pack/entry.ts';
import { encodePackHeader } from '../../src/pack/pack-file.ts';
import { openRepository } from '../../src/repository/open.ts';
import { fetchObjects } from '../../src/transport/fetch-objects.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { listRemoteRefs } from '../../src/transport/list-remote-refs.ts';
import type { Programs } from '../../src/transport/programs.ts';
import { pushRefs } from '../../src/transport/push-refs.ts';
import { addVersion, newRepository, partIds, programsWith, sharedFixture } from './fixture.ts';

const programs: Programs = { ...programsWith(), git: null };
const refspecs = ['refs/heads/models/m:refs/heads/main', 'refs/tags/m/*:refs/tags/*'];

test('without Git, refs go and come by HTTP, with all that they reach', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const user = { name: 'ann', password: 'secret' };
  await using server = await serveByHttp(join(folder.path, 'served'), { user });
  const url = server.urlOf('remote.git').replace('//', '//ann:secret@');
  const v1 = addVersion(local, 'v1', { parts: [1, 2, 3] });
  const v2 = addVersion(local, 'v2', { parts: [1, 2, 4] });
  const repository = openRepository(local);
  const main = gitText(local, 'rev-parse', 'main') as ObjectId;
  // The registry's own main is what a clone finds first.
  git(remote, ['fetch', '--quiet', local, `${gitText(local, 'rev-parse', 'main~1')}:refs/heads/main`]);
  const updates = [
    { local: main, remote: 'refs/heads/models/m', expect: null },
    { local: v1, remote: 'refs/tags/m/v1', expect: null },
    { local: v2, remote: 'refs/tags/m/v2', expect: null },
  ];
  const sent: number[] = [];
  const results = await pushRefs(repository, {
    url,
    programs,
    updates,
    onProgress: ({ bytes }) => sent.push(bytes),
  });
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(sent.at(-1)).toBeGreaterThan(300_000);
  fsckStrict(remote);
  expect(await listRemoteRefs(null, url, { programs })).toEqual(
    await listRemoteRefs(null, url, { programs: programsWith() }),
  );

  using other = newRepository(join(folder.path, 'other.git'));
  const result = await fetchRefs(other, { url, programs, refspecs, filter: 'blob:limit=64k' });
  expect(result).toMatchObject({
    filtered: false,
    refs: [{ state: 'new' }, { state: 'new' }, { state: 'new' }],
  });
  expect(gitText(other.gitDir, 'rev-parse', 'v2')).toBe(v2);
  for (const id of partIds(local, 'v2')) expect((await other.objects.read(id)).kind).toBe('blob');
  fsckStrict(other.gitDir);
  const again = await fetchRefs(other, { url, programs, refspecs });
  expect(again.received.packs).toBe(0);
  expect(readdirSync(join(other.gitDir, 'cairn', 'transfers'))).toEqual([]);
  repository.close();
});

test('without Git, what would overwrite something is rejected all the same', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  await using server = await serveByHttp(join(folder.path, 'served'));
  const url = server.urlOf('remote.git');
  const [a, b] = [addVersion(local, 'a', { parts: [1] }), addVersion(local, 'b', { parts: [2] })];
  git(remote, ['fetch', '--quiet', local, 'refs/tags/a:refs/tags/m/taken', 'main:refs/heads/main']);
  const repository = openRepository(local);
  const expectations = [
    { local: b, remote: 'refs/tags/m/taken', expect: null },
    { local: b, remote: 'refs/tags/m/taken', expect: b },
  ];
  for (const remoteRefs of [undefined, new Map([['refs/tags/m/taken', b]])]) {
    const options = {
      url,
      programs,
      updates: expectations.slice(0, 1),
      ...(remoteRefs && { remoteRefs: new Map() }),
    };
    expect(await pushRefs(repository, options)).toMatchObject([{ ok: false, reason: 'exists' }]);
  }
  const moved = await pushRefs(repository, { url, programs, updates: expectations.slice(1) });
  expect(moved).toMatchObject([{ unchanged: false, reason: 'moved' }]);
  expect(
    await pushRefs(repository, {
      url,
      programs,
      updates: [{ local: b, remote: 'refs/tags/m/taken', expect: a }],
    }),
  ).toMatchObject([{ ok: true }]);
  const gone = await pushRefs(repository, {
    url,
    programs,
    updates: [{ local: null, remote: 'refs/tags/m/taken', expect: b }],
  });
  expect(gone).toMatchObject([{ ok: true }]);
  expect(gitText(remote, 'for-each-ref', 'refs/tags/m')).toBe('');
  repository.close();
});

test('without Git, what needs it says so', async () => {
  using folder = temporaryFolder();
  using repository = newRepository(join(folder.path, 'local.git'));
  for (const url of ['git@host:x.git', 'ssh://host/x', 'git://host/x', '/srv/x', 'file:///srv/x']) {
    await expect(listRemoteRefs(null, url, { programs })).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('install Git'),
    });
  }
  const ids = ['1'.repeat(40) as ObjectId];
  await expect(fetchObjects(repository, { url: 'https://host/x', programs, ids })).rejects.toMatchObject({
    code: 'unsupported',
  });
});

test('without Git, failures are told in the same words, and no secret is', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1, 2, 3] });
  git(local, ['push', '--quiet', remote, 'main:refs/heads/models/m', 'main', 'refs/tags/v1:refs/tags/m/v1']);
  const served = join(folder.path, 'served');
  await using closed = await serveByHttp(served, { user: { name: 'ann', password: 'right' } });
  await using open = await serveByHttp(served);
  await using proxy = await serveByProxy(open, [100_000]);
  const reasonOf = async (url: string) => {
    using repository = newRepository(join(folder.path, `${Math.random()}.git`));
    const error = await fetchRefs(repository, { url, programs, refspecs }).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).not.toContain('s3cr3t');
    expect((error as Error).message).not.toContain('s3cr3t');
    expect(gitText(repository.gitDir, 'for-each-ref')).toBe('');
    return error;
  };
  const withSecret = closed.urlOf('remote.git').replace('//', '//ann:s3cr3t@');
  expect(await reasonOf(withSecret)).toMatchObject({ code: 'network', data: { reason: 'unauthorised' } });
  expect(await reasonOf(open.urlOf('gone.git'))).toMatchObject({
    code: 'network',
    data: { reason: 'missing' },
  });
  const ended = await serveByHttp(served);
  await ended[Symbol.asyncDispose]();
  expect(await reasonOf(ended.urlOf('x.git'))).toMatchObject({
    code: 'network',
    data: { reason: 'unreachable' },
  });
  const cut = open.urlOf('remote.git').replace(String(open.port), String(proxy.port));
  expect(await reasonOf(cut)).toMatchObject({ code: 'network', data: { reason: 'cut' } });
});

test('without Git, a small pack that unpacks to more than memory should hold is refused before it is', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1] });
  git(local, ['push', '--quiet', remote, 'main', 'main:refs/heads/models/m']);
  const header = encodeEntryHeader({ kind: 'blob', size: 900 * 1024 * 1024 });
  const pack = [encodePackHeader(1), header, deflateSync(Buffer.alloc(1024 * 1024)), Buffer.alloc(20)];
  await using server = await serveByHttp(join(folder.path, 'served'), {
    config: packConfig(folder.path, Buffer.concat(pack)),
  });
  using other = newRepository(join(folder.path, 'other.git'));
  await expect(
    fetchRefs(other, { url: server.urlOf('remote.git'), programs, refspecs }),
  ).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('at most 256 MiB') });
  expect(gitText(other.gitDir, 'for-each-ref')).toBe('');
  expect(readdirSync(join(other.gitDir, 'cairn', 'transfers'))).toEqual([]);
});

/** The configuration of a server that sends a pack of its own, whatever is asked for. */
function packConfig(folder: string, pack: Buffer): string {
  const [file, hook, config] = ['pack', 'hook', 'config'].map((name) => join(folder, name));
  writeFileSync(file!, pack);
  writeFileSync(hook!, `#!/bin/sh\ncat '${file}'\n`, { mode: 0o755 });
  writeFileSync(config!, `[uploadpack]\n\tpackObjectsHook = ${JSON.stringify(hook)}\n`);
  return config!;
}
