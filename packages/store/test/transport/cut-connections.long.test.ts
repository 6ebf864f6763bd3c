import { join } from 'node:path';
import { fsckStrict, git, gitText, serveByDaemon, serveByProxy, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { openRepository } from '../../src/repository/open.ts';
import { fetchObjects } from '../../src/transport/fetch-objects.ts';
import { fetchRefs } from '../../src/transport/fetch-refs.ts';
import { listRemoteRefs } from '../../src/transport/list-remote-refs.ts';
import { pushRefs } from '../../src/transport/push-refs.ts';
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
const PARTS = Array.from({ length: 24 }, (_, index) => index + 1);
const batchSize = 6 * PART_SIZE;
/** More would mean that what arrived is not kept: every attempt that is cut late enough brings a batch. */
const ATTEMPTS_MAX = 40;

/** Numbers that look random and are the same in every run. */
function cuts(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + (state % (batchSize * 2));
  });
}

/** Tries again after each cut, and counts. Every failure has to be told as a broken connection. */
async function untilDone(attempt: () => Promise<unknown>): Promise<number> {
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
    try {
      await attempt();
      return attempts;
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: 'network', data: { reason: 'cut' } });
    }
  }
  throw new Error(`not done after ${ATTEMPTS_MAX} attempts`);
}

test('a large push that is cut again and again goes on where it was, and leaves nothing behind', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: PARTS });
  await using server = await serveByDaemon(join(folder.path, 'served'));
  await using proxy = await serveByProxy(server, [...cuts(60, 7), null]);
  const url = `git://127.0.0.1:${proxy.port}/remote.git`;
  const repository = openRepository(local);
  const updates = [{ local: tag, remote: 'refs/tags/m/v1', expect: null }];
  const arrived: number[] = [];
  const attempts = await untilDone(async () => {
    arrived.push(gitText(remote, 'for-each-ref', 'refs/cairn').split('\n').filter(Boolean).length);
    const results = await pushRefs(repository, { url, programs, updates, batchSize });
    expect(results).toMatchObject([{ ok: true }]);
  });
  expect(attempts).toBeGreaterThan(1);
  // Batches stay from one attempt to the next.
  expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
  expect(arrived.at(-1)).toBeGreaterThan(0);
  // A push whose end was cut is tidied up by the next one.
  await pushRefs(repository, {
    url: remote,
    programs,
    updates: [{ local: tag, remote: 'refs/tags/m/again', expect: null }],
  });
  expect(gitText(remote, 'for-each-ref', 'refs/cairn')).toBe('');
  fsckStrict(remote);
  expect(partIds(remote, 'm/v1')).toEqual(partIds(local, 'v1'));
  repository.close();
});

test('nothing of a push in batches is sent twice', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const tag = addVersion(local, 'v1', { parts: PARTS });
  const repository = openRepository(local);
  const sent: number[] = [];
  await pushRefs(repository, {
    url: remote,
    programs,
    updates: [{ local: tag, remote: 'refs/tags/m/v1', expect: null }],
    batchSize,
    onProgress: ({ phase, bytes }) => phase === 'sending' && sent.push(bytes),
  });
  const total = PARTS.length * PART_SIZE;
  const packed = Number(/size-pack: (\d+)/.exec(git(remote, ['count-objects', '-v']).toString())?.[1]) * 1024;
  expect(packed).toBeGreaterThan(total);
  expect(packed).toBeLessThan(total * 1.02);
  // Small blobs count too, so that 24 parts take five batches; the refs come with the last push.
  expect(gitText(remote, 'count-objects', '-v')).toMatch(/packs: 6$/m);
  expect(sent.at(-1)).toBeGreaterThan(total * 0.98);
  expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  repository.close();
});

test('objects by id come in batches that stay, however often the connection is cut', async () => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: PARTS });
  git(local, ['push', '--quiet', remote, 'refs/tags/v1']);
  await using server = await serveByDaemon(join(folder.path, 'served'));
  await using proxy = await serveByProxy(server, [...cuts(60, 11), null]);
  const url = `git://127.0.0.1:${proxy.port}/remote.git`;
  using lazy = newRepository(join(folder.path, 'lazy.git'));
  makePartial(lazy.gitDir, url);
  const refspecs = ['refs/tags/*:refs/tags/*'];
  await untilDone(() => fetchRefs(lazy, { url, programs, refspecs, filter: 'blob:limit=64k' }));
  const ids = partIds(local, 'v1');
  const here = () => ids.filter((id: ObjectId) => lazy.objects.has(id)).length;
  const arrived: number[] = [];
  await untilDone(async () => {
    arrived.push(here());
    await fetchObjects(lazy, { url, programs, ids, sizeOf: () => PART_SIZE, batchSize });
  });
  expect(here()).toBe(ids.length);
  expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
  expect(arrived.every((count) => count % 6 === 0)).toBe(true);
  fsckStrict(lazy.gitDir);
  await untilDone(() => listRemoteRefs(null, url, { programs }));
});
