import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import {
  bareRepository,
  git,
  gitText,
  serveByDaemon,
  serveByHttp,
  serveBySsh,
  temporaryFolder,
} from '@cairn/testkit';
import { expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { openRepository } from '../../src/repository/open.ts';
import { fetchObjects } from '../../src/transport/fetch-objects.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { listRemoteRefs } from '../../src/transport/list-remote-refs.ts';
import { pushRefs } from '../../src/transport/push-refs.ts';
import { addVersion, newRepository, objectIdsIn, programsWith, sharedFixture } from './fixture.ts';

const programs = programsWith();
const refspecs = ['refs/tags/*:refs/tags/*'];

/** What went wrong, with all that an error could tell. */
async function failureOf(operation: Promise<unknown>): Promise<{ error: StoreError; text: string }> {
  const error = await operation.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StoreError);
  const { message, hint, data, stack, cause } = error as StoreError;
  return {
    error: error as StoreError,
    text: JSON.stringify({ message, hint, data, stack, cause: String(cause) }),
  };
}

test('a host that is not there is unreachable', async () => {
  using folder = temporaryFolder();
  const server = await serveByHttp(folder.path);
  await server[Symbol.asyncDispose]();
  const address = `127.0.0.1:${server.port}`;
  for (const url of [
    `http://${address}/x`,
    `git://${address}/x`,
    `ssh://${address}/x`,
    'http://host.invalid/x',
  ]) {
    const { error } = await failureOf(listRemoteRefs(null, url, { programs }));
    expect(error).toMatchObject({ code: 'network', data: { reason: 'unreachable' } });
    expect(error.message).toContain(url);
  }
});

test('a repository that is not there is missing', async () => {
  using folder = temporaryFolder();
  await using http = await serveByHttp(folder.path);
  await using daemon = await serveByDaemon(folder.path);
  for (const url of [
    http.urlOf('x.git'),
    daemon.urlOf('x.git'),
    join(folder.path, 'x.git'),
    `file://${folder.path}/x`,
  ]) {
    const { error } = await failureOf(listRemoteRefs(null, url, { programs }));
    expect(error).toMatchObject({ code: 'network', data: { reason: 'missing' } });
  }
});

test('who is not let in is told so, and no text holds a secret', async () => {
  using folder = temporaryFolder();
  const { local } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: [1] });
  const repository = openRepository(local);
  const served = join(folder.path, 'served');
  await using closed = await serveByHttp(served, { user: { name: 'ann', password: 'right' } });
  await using forbidden = await serveByHttp(served, { status: 403 });
  const updates = [{ local: tag, remote: 'refs/tags/v1', expect: null }];
  for (const server of [closed, forbidden]) {
    for (const secret of ['', 'ann:s3cr3t%2F%40@', 's3cr3t@']) {
      const url = server.urlOf('remote.git').replace('//', `//${secret}`);
      const ids = ['1'.repeat(40) as ObjectId];
      for (const attempt of [
        () => listRemoteRefs(null, url, { programs }),
        () => fetchRefs(repository, { url, programs, refspecs }),
        () => fetchObjects(repository, { url, programs, ids }),
        () => pushRefs(repository, { url, programs, updates, remoteRefs: new Map() }),
      ]) {
        const { error, text } = await failureOf(attempt());
        expect(error).toMatchObject({ code: 'network', data: { reason: 'unauthorised' } });
        expect(text).not.toContain('s3cr3t');
      }
    }
  }
  const url = closed.urlOf('remote.git').replace('//', '//ann:right@');
  expect(await listRemoteRefs(null, url, { programs })).toEqual(new Map());
  repository.close();
});

test('secrets come from where Git has them: a credential helper of the user', async () => {
  using folder = temporaryFolder();
  sharedFixture(folder.path);
  await using server = await serveByHttp(join(folder.path, 'served'), {
    user: { name: 'ann', password: 'from the helper' },
  });
  const config = join(folder.path, 'gitconfig');
  const helper = '!f() { echo username=ann; echo "password=from the helper"; }; f';
  git(folder.path, ['config', '--file', config, 'credential.helper', helper]);
  const asUser = programsWith({ GIT_CONFIG_GLOBAL: config });
  expect(await listRemoteRefs(null, server.urlOf('remote.git'), { programs: asUser })).toEqual(new Map());
});

test('SSH goes with the keys of the user, and says when they do not fit', async ({ skip }) => {
  using folder = temporaryFolder();
  const { local } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: [1, 2] });
  await using server = await serveBySsh(join(folder.path, 'served'));
  if (server === null) return skip('sshd is not installed');
  const url = server.urlOf('remote.git');
  const withKey = programsWith({ GIT_SSH_COMMAND: server.command });
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/v1', expect: null }];
  expect(await pushRefs(repository, { url, programs: withKey, updates })).toMatchObject([{ ok: true }]);
  using other = newRepository(join(folder.path, 'other.git'));
  await fetchRefs(other, { url, programs: withKey, refspecs });
  expect(gitText(other.gitDir, 'rev-parse', 'v1')).toBe(tag);
  const stranger = programsWith({ GIT_SSH_COMMAND: server.strangersCommand });
  const { error } = await failureOf(listRemoteRefs(null, url, { programs: stranger }));
  expect(error).toMatchObject({ code: 'network', data: { reason: 'unauthorised' } });
  const gone = await failureOf(listRemoteRefs(null, server.urlOf('gone.git'), { programs: withKey }));
  expect(gone.error).toMatchObject({ code: 'network', data: { reason: 'missing' } });
  const unknownHost = server.command.replace(/UserKnownHostsFile=\S+/, `UserKnownHostsFile=${devNull}`);
  const unknown = await failureOf(
    listRemoteRefs(null, url, { programs: programsWith({ GIT_SSH_COMMAND: unknownHost }) }),
  );
  expect(unknown.error).toMatchObject({ code: 'network', data: { reason: 'unauthorised' } });
  expect(unknown.error.message).toContain("host's key");
  repository.close();
});

test('objects that are none are refused before the repository has them', async () => {
  using folder = temporaryFolder();
  const remote = bareRepository(join(folder.path, 'remote.git'));
  const blob = git(remote, ['hash-object', '-w', '--stdin'], 'x').toString().trim();
  const tree = Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]);
  const id = git(remote, ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], tree)
    .toString()
    .trim();
  const commit = gitText(remote, 'commit-tree', '-m', 'x', id);
  git(remote, ['update-ref', 'refs/tags/v1', commit]);
  using repository = newRepository(join(folder.path, 'local.git'));
  for (const filter of [null, 'blob:none']) {
    const { error } = await failureOf(fetchRefs(repository, { url: remote, programs, refspecs, filter }));
    expect(error.code).toBe('hostile');
    expect(gitText(repository.gitDir, 'for-each-ref')).toBe('');
    expect(objectIdsIn(repository.gitDir)).toEqual([]);
    expect(readdirSync(join(repository.gitDir, 'cairn', 'transfers'))).toEqual([]);
  }
});

test('no hook and no setting of a repository is run', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: [1] });
  const trap = join(folder.path, 'trap');
  const script = join(folder.path, 'trap.sh');
  writeFileSync(script, `#!/bin/sh\necho "$0" >> ${trap}\nexit 1\n`);
  chmodSync(script, 0o755);
  const hooks = join(local, 'hooks');
  git(local, ['config', 'core.hooksPath', hooks]);
  const settings = ['core.sshCommand', 'core.askPass', 'core.fsmonitor', 'core.pager', 'pager.for-each-ref'];
  for (const key of [
    ...settings,
    'core.alternateRefsCommand',
    'core.gitProxy',
    'credential.helper',
    'gpg.program',
  ]) {
    git(local, ['config', key, script]);
  }
  for (const name of ['remote', 'origin']) {
    git(local, ['config', `remote.${name}.url`, remote]);
    git(local, ['config', `remote.${name}.uploadpack`, script]);
    git(local, ['config', `remote.${name}.receivepack`, script]);
    git(local, ['config', `remote.${name}.vcs`, script]);
  }
  git(local, ['config', `url.ext::${script}.insteadOf`, remote]);
  git(local, ['config', 'protocol.ext.allow', 'always']);
  git(local, ['config', 'push.gpgSign', 'true']);
  mkdirSync(hooks);
  for (const name of ['pre-push', 'reference-transaction', 'post-index-change', 'pre-auto-gc']) {
    writeFileSync(join(hooks, name), `#!/bin/sh\nexec ${script}\n`);
    chmodSync(join(hooks, name), 0o755);
  }
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/v1', expect: null }];
  expect(await pushRefs(repository, { url: remote, programs, updates })).toMatchObject([{ ok: true }]);
  git(remote, ['update-ref', 'refs/tags/v2', tag]);
  await fetchRefs(repository, { url: remote, programs, refspecs });
  await fetchObjects(repository, { url: remote, programs, ids: [tag] });
  const server = await serveByHttp(join(folder.path, 'served'), { user: { name: 'a', password: 'b' } });
  await failureOf(fetchRefs(repository, { url: server.urlOf('remote.git'), programs, refspecs }));
  await server[Symbol.asyncDispose]();
  expect(existsSync(trap)).toBe(false);
  repository.close();
});

test('a transfer that is cancelled ends at once and leaves nothing', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: [1, 2, 3] });
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/v1', expect: null }];
  const controller = new AbortController();
  const cancelled = pushRefs(repository, {
    url: remote,
    programs,
    updates,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect((await failureOf(cancelled)).error.code).toBe('cancelled');
  expect(
    (await failureOf(listRemoteRefs(null, remote, { programs, signal: controller.signal }))).error.code,
  ).toBe('cancelled');
  expect(readdirSync(join(local, 'cairn', 'transfers'))).toEqual([]);
  expect(readdirSync(join(local, 'cairn', 'leases'))).toEqual([]);
  repository.close();
});
