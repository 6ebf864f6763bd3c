import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { currentOwner, encodeOwner } from '../../src/files/owner.ts';
import { openRepository } from '../../src/repository/open.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { addVersion, programsWith, sharedFixture } from './fixture.ts';

test('what a killed transfer has left goes with the next one, and what one at work has stays', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1] });
  const transfers = join(local, 'cairn', 'transfers');
  const ended = spawnSync(execPath, ['-e', 'process.stdout.write(String(process.pid))']);
  const owners = {
    killed: { ...currentOwner('fetch'), pid: Number(ended.stdout), started: '' },
    working: currentOwner('push'),
  };
  for (const [name, owner] of Object.entries(owners)) {
    mkdirSync(join(transfers, name, 'objects', 'pack'), { recursive: true });
    writeFileSync(join(transfers, name, 'owner.json'), encodeOwner(owner));
  }
  const repository = openRepository(local);
  await fetchRefs(repository, {
    url: remote,
    programs: programsWith(),
    refspecs: ['refs/tags/*:refs/tags/*'],
  });
  expect(readdirSync(transfers)).toEqual(['working']);
  repository.close();
});
