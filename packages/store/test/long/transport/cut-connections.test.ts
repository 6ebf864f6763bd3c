import { join } from 'node:path';
import { fsckStrict, gitText, serveByHttp, serveByProxy, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { StoreError } from '../../../src/errors.ts';
import { openRepository } from '../../../src/repository/open.ts';
import { fetchRefs } from '../../../src/transport/fetch-refs.ts';
import { pushRefs } from '../../../src/transport/push-refs.ts';
import {
  addVersion,
  newRepository,
  PART_SIZE,
  partIds,
  programsWith,
  sharedFixture,
} from '../../transport/fixture.ts';

const programs = programsWith();
const batchSize = 5 * PART_SIZE;
const ATTEMPTS_MAX = 60;

/** Numbers that look random and are the same in every run. */
function cuts(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + (state % (batchSize * 2));
  });
}

async function untilDone<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: 'network', data: { reason: 'cut' } });
    }
  }
  throw new Error(`not done after ${ATTEMPTS_MAX} attempts`);
}

test.each(
  Array.from({ length: 5 }, (_, index) => index + 100),
)('by HTTP, cut at random bytes (seed %i): all that is pushed and fetched arrives, and nothing else is left', async (seed) => {
  using folder = temporaryFolder();
  const { local, remote } = sharedFixture(folder.path);
  const parts = Array.from({ length: 20 }, (_, index) => seed * 100 + index);
  addVersion(local, 'v1', { parts });
  addVersion(local, 'v2', { parts: [...parts.slice(3), 1, 2, 3] });
  await using server = await serveByHttp(join(folder.path, 'served'));
  await using proxy = await serveByProxy(server, [...cuts(80, seed), null]);
  const url = `http://127.0.0.1:${proxy.port}/remote.git`;
  const repository = openRepository(local);
  const updates = ['v1', 'v2'].map((name) => ({
    local: repositoryTag(local, name),
    remote: `refs/tags/m/${name}`,
    expect: null,
  }));
  const results = await untilDone(() => pushRefs(repository, { url, programs, updates, batchSize }));
  expect(results.every(({ ok }) => ok)).toBe(true);
  repository.close();
  using other = newRepository(join(folder.path, 'other.git'));
  const refspecs = ['refs/tags/m/*:refs/tags/*'];
  await untilDone(() => fetchRefs(other, { url, programs, refspecs, batchSize }));
  for (const name of ['v1', 'v2']) {
    expect(partIds(other.gitDir, name)).toEqual(partIds(local, name));
    expect(gitText(other.gitDir, 'rev-parse', name)).toBe(gitText(local, 'rev-parse', name));
  }
  fsckStrict(other.gitDir);
  fsckStrict(remote);
  expect(gitText(other.gitDir, 'count-objects', '-v')).toMatch(/garbage: 0$/m);
});

function repositoryTag(gitDir: string, name: string) {
  return gitText(gitDir, 'rev-parse', `refs/tags/${name}`) as ReturnType<typeof partIds>[number];
}
