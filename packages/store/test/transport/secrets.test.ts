import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { git, serveByHttp, temporaryFolder } from '@cairn/testkit';
import { expect, test, vi } from 'vitest';
import { currentOwner, encodeOwner } from '../../src/files/owner.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { openRepository } from '../../src/repository/open.ts';
import { fetchObjects } from '../../src/transport/fetch-objects.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { listRemoteRefs } from '../../src/transport/list-remote-refs.ts';
import { pushRefs } from '../../src/transport/push-refs.ts';
import { addVersion, programsWith, sharedFixture } from './fixture.ts';

const programs = programsWith();

/** A host that lets nobody in, and looks at all command lines of this machine whenever it is asked. */
async function suspiciousHost(realm: string | null) {
  const seen = { commandLines: '', credentials: new Set<string>() };
  const answer = ({ headers }: IncomingMessage, response: ServerResponse) => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.commandLines += `${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}\n`;
      } catch {
        // It has ended.
      }
    }
    const [, basic] = /^Basic (.*)$/.exec(headers.authorization ?? '') ?? [];
    if (basic !== undefined) seen.credentials.add(Buffer.from(basic, 'base64').toString());
    if (basic === undefined && realm !== null)
      response.setHeader('WWW-Authenticate', `Basic realm="${realm}"`);
    response.writeHead(basic === undefined && realm !== null ? 401 : 404).end();
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    urlFor: (user: string) => `http://${user}@127.0.0.1:${port}/team/x.git`,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => void server.close(() => closed())),
  };
}

test.skipIf(process.platform !== 'linux')(
  'the password of an address goes to its host, and never onto a command line',
  async () => {
    using folder = temporaryFolder();
    await using host = await suspiciousHost('x');
    const { local } = sharedFixture(folder.path);
    const tag = addVersion(local, 'v1', { parts: [1] });
    const repository = openRepository(local);
    const url = host.urlFor('ann:s3cr3t%40%2f%27+%25');
    const attempts = [
      () => listRemoteRefs(null, url, { programs }),
      () => fetchRefs(repository, { url, programs, refspecs: ['refs/tags/*:refs/tags/*'] }),
      () => fetchObjects(repository, { url, programs, ids: ['1'.repeat(40) as ObjectId] }),
      () =>
        pushRefs(repository, {
          url,
          programs,
          updates: [{ local: tag, remote: 'refs/tags/v1', expect: null }],
        }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow();
    repository.close();
    expect([...host.seen.credentials]).toEqual(["ann:s3cr3t@/'+%"]);
    expect(host.seen.commandLines).toContain('git remote-http');
    expect(host.seen.commandLines).not.toContain('s3cr3t');
  },
);

test.skipIf(process.platform !== 'linux')(
  'nor does a user alone, which can be a token, and to whom a helper knows the password',
  async () => {
    using folder = temporaryFolder();
    await using host = await suspiciousHost('x');
    const config = join(folder.path, 'gitconfig');
    const helper = '!f() { test "$1" = get && echo "password=of $(sed -n s/^username=//p)"; }; f';
    git(folder.path, ['config', '--file', config, 'credential.helper', helper]);
    const asUser = programsWith({ GIT_CONFIG_GLOBAL: config });
    await expect(listRemoteRefs(null, host.urlFor('t0k3n'), { programs: asUser })).rejects.toThrow();
    expect([...host.seen.credentials]).toEqual(['t0k3n:of t0k3n']);
    expect(host.seen.commandLines).not.toContain('t0k3n');
  },
);

test('the password in an address counts before what a helper of the user knows, which is not told of it', async () => {
  using folder = temporaryFolder();
  sharedFixture(folder.path);
  await using server = await serveByHttp(join(folder.path, 'served'), {
    user: { name: 'ann', password: 'right' },
  });
  const config = join(folder.path, 'gitconfig');
  const log = join(folder.path, 'log');
  const helper = `!f() { echo "$1" >>'${log}'; echo username=ann; echo password=wrong; }; f`;
  git(folder.path, ['config', '--file', config, 'credential.helper', helper]);
  const asUser = programsWith({ GIT_CONFIG_GLOBAL: config });
  const url = server.urlOf('remote.git').replace('//', '//ann:right@');
  expect(await listRemoteRefs(null, url, { programs: asUser })).toEqual(new Map());
  expect(existsSync(log)).toBe(false);
});

test('what a listing has left that was killed goes with the next, and what belongs to others stays', async () => {
  using folder = temporaryFolder();
  const { remote } = sharedFixture(folder.path);
  const temporary = join(folder.path, 'tmp');
  const leave = (name: string, record: string | null) => {
    mkdirSync(join(temporary, name), { recursive: true });
    writeFileSync(join(temporary, name, 'credentials'), 'https://ann:secret@host/x');
    if (record !== null) writeFileSync(join(temporary, name, 'owner.json'), record);
  };
  const owner = currentOwner('list');
  leave('cairn-transfer-dead', encodeOwner({ ...owner, pid: 2 ** 22 + 1, started: '1' }));
  leave('cairn-transfer-alive', encodeOwner(owner));
  leave('cairn-transfer-unknown', null);
  leave('other', encodeOwner({ ...owner, pid: 2 ** 22 + 1, started: '1' }));
  vi.stubEnv('TMPDIR', temporary);
  try {
    await listRemoteRefs(null, remote, { programs });
  } finally {
    vi.unstubAllEnvs();
  }
  expect(readdirSync(temporary).sort()).toEqual(['cairn-transfer-alive', 'cairn-transfer-unknown', 'other']);
});

test('a remote of the user with whatever name does not lead a transfer elsewhere', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: [1] });
  const config = join(folder.path, 'gitconfig');
  git(folder.path, ['init', '--quiet', '--bare', 'elsewhere.git']);
  for (const name of ['remote', 'origin'])
    git(folder.path, ['config', '--file', config, `remote.${name}.url`, join(folder.path, 'elsewhere.git')]);
  const asUser = programsWith({ GIT_CONFIG_GLOBAL: config });
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/v1', expect: null }];
  expect(await pushRefs(repository, { url: remote, programs: asUser, updates })).toMatchObject([
    { ok: true },
  ]);
  repository.close();
  expect([...(await listRemoteRefs(null, remote, { programs: asUser }))]).toEqual([['refs/tags/v1', tag]]);
  expect(readdirSync(join(folder.path, 'elsewhere.git', 'refs', 'tags'))).toEqual([]);
});
