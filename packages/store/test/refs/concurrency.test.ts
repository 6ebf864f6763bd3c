import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import type { Readable } from 'node:stream';
import { fsckStrict, gitText, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { currentOwner, encodeOwner } from '../../src/files/owner.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { listRefs, packRefs, readRef, updateRefs } from '../../src/refs/ref-store.ts';
import { createFixture } from './fixture.ts';

const PATIENCE = { timeoutMs: 30_000 };
const COUNTERS = 8;
const COUNTS = 10;

function startCounter(gitDir: string, counts: number): ChildProcessByStdio<null, Readable, null> {
  const args = [join(import.meta.dirname, 'increment.ts'), gitDir, 'refs/heads/counter', String(counts)];
  return spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('eight processes count up in one ref, with packing in between, and no count is lost', async () => {
  using folder = temporaryFolder();
  const { gitDir } = createFixture(join(folder.path, 'a.git'));
  // The first thing all of them meet is the lock of a process that died.
  writeFileSync(
    join(gitDir, 'refs', 'heads', 'counter.lock'),
    encodeOwner({ ...currentOwner('die'), started: '1' }),
  );
  const exits = Array.from(
    { length: COUNTERS },
    async () => (await once(startCounter(gitDir, COUNTS), 'exit'))[0],
  );
  expect(await Promise.all(exits)).toEqual(Array(COUNTERS).fill(0));
  expect(BigInt(`0x${readRef(gitDir, 'refs/heads/counter')}`)).toBe(BigInt(COUNTERS * COUNTS));
  expect(readdirSync(join(gitDir, 'refs', 'heads')).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('processes that are killed while they count lose no count, and block nobody', async () => {
  using folder = temporaryFolder();
  const { gitDir } = createFixture(join(folder.path, 'a.git'));
  const lives = Array.from({ length: COUNTERS }, async (_, index) => {
    const counter = startCounter(gitDir, 1000);
    let counted = 0;
    counter.stdout.on('data', (pluses: Buffer) => {
      counted += pluses.length;
      if (counted > index) counter.kill('SIGKILL');
    });
    await once(counter, 'close');
    return counted;
  });
  const counted = (await Promise.all(lives)).reduce((sum, each) => sum + each);
  await updateRefs(
    gitDir,
    [{ name: 'refs/heads/after', expect: null, to: '1'.repeat(40) as ObjectId }],
    PATIENCE,
  );
  await packRefs(gitDir, PATIENCE);
  const value = Number(BigInt(`0x${readRef(gitDir, 'refs/heads/counter')}`));
  // Each may have been killed after it counted and before it said so.
  expect(value).toBeGreaterThanOrEqual(counted);
  expect(value).toBeLessThanOrEqual(counted + COUNTERS);
  expect([...listRefs(gitDir, 'refs/').keys()].sort()).toEqual(['refs/heads/after', 'refs/heads/counter']);
});

test('refs below one folder come and go while others clean it up', async () => {
  using folder = temporaryFolder();
  const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
  const comeAndGo = async (name: string) => {
    for (let time = 0; time < 5; time++) {
      await updateRefs(gitDir, [{ name, expect: null, to: commits[0] }], PATIENCE);
      if (time % 2 === 0) await packRefs(gitDir, PATIENCE);
      await updateRefs(gitDir, [{ name, expect: commits[0], to: null }], PATIENCE);
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => comeAndGo(`refs/heads/deep/er/${name}`)));
  expect(listRefs(gitDir, 'refs/').size).toBe(0);
  expect(readdirSync(join(gitDir, 'refs', 'heads'))).toEqual([]);
});

test('Git and Cairn move refs of one repository at the same time', async () => {
  using folder = temporaryFolder();
  const { gitDir, commits } = createFixture(join(folder.path, 'a.git'));
  const names = Array.from({ length: 6 }, (_, index) => index);
  const input = names.map((index) => `create refs/heads/git/${index} ${commits[0]}\n`).join('');
  const byGit = spawn('git', ['-C', gitDir, 'update-ref', '--stdin'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(byGit, 'exit');
  byGit.stdin.end(input);
  for (const index of names) {
    await updateRefs(gitDir, [{ name: `refs/heads/cairn/${index}`, expect: null, to: commits[1] }], PATIENCE);
    if (index % 2 === 0) await packRefs(gitDir, { ...PATIENCE, peel: () => null });
  }
  expect((await ended)[0]).toBe(0);
  gitText(gitDir, 'pack-refs', '--all');
  const found = [...listRefs(gitDir, 'refs/heads/')].map(([name, { id }]) => [name, id]);
  const expected: [string, ObjectId][] = [
    ...names.map((index): [string, ObjectId] => [`refs/heads/cairn/${index}`, commits[1]]),
    ...names.map((index): [string, ObjectId] => [`refs/heads/git/${index}`, commits[0]]),
  ];
  expect(found).toEqual(expected);
  fsckStrict(gitDir);
});
