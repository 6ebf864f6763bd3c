import type { ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandomBytes, temporaryFolder } from '@cairn/testkit';
import { afterAll, expect, test } from 'vitest';
import { type Ended, runNode } from './support/children.ts';
import { perform } from './support/operations.ts';
import { addVersion, repositoryOf, type Workshop, workshops, writeFiles } from './support/registries.ts';
import { leftoversIn, soundRegistry } from './support/soundness.ts';

const PROGRAM = join(import.meta.dirname, '../../../cli/bin/cairn.js');

const folder = temporaryFolder();

afterAll(() => folder[Symbol.dispose]());

/** Changes that are seen in the repository before the program is killed; an undisturbed run makes more than that. */
const CHANGES = [1, 5, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150];

test('the program is killed again and again while it adds a large version, and is done the last time', async ({
  annotate,
}) => {
  const workshop = await workshops(folder.path)('bare');
  await addVersion(workshop, 'v0', workshop.source('small'));
  const source = join(workshop.folder, 'sources', 'huge');
  const bytes = pseudoRandomBytes('huge', 32 * 1024 * 1024);
  writeFiles(source, { 'one.bin': bytes, 'two.bin': bytes.subarray(1, -1), 'config.json': '{}\n' });

  let kills = 0;
  for (const changes of CHANGES) {
    const { signal, status } = await add(workshop, source, killAfter(workshop, changes));
    if (signal === 'SIGKILL') kills++;
    else expect(status).toBe(0);
    const { prices } = await soundRegistry(workshop.path);
    expect([['v0'], ['v0', 'v1']]).toContainEqual(Object.keys(prices!.versions));
    if ('v1' in prices!.versions) break;
  }
  expect(kills).toBeGreaterThan(2);
  await annotate(`${kills} kills`);

  const { status, stderr } = await add(workshop, source);
  expect([0, 4], stderr).toContain(status);
  expect(await perform(workshop.path, { kind: 'verifyVersion', reference: 'prices@v1' })).toMatchObject({
    value: { ok: true, files: 3, bytes: 2 * bytes.length + 1 },
  });
  expect(await perform(workshop.path, { kind: 'collectGarbage', graceMs: 0 })).toMatchObject({
    code: 'done',
  });
  expect(leftoversIn(workshop.path)).toEqual([]);
  expect(Object.keys((await soundRegistry(workshop.path)).prices!.versions)).toEqual(['v0', 'v1']);
});

function add(
  { path, folder: home }: Workshop,
  source: string,
  onStart?: (child: ChildProcess) => void,
): Promise<Ended> {
  const variables = { HOME: home, GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org' };
  const args = [PROGRAM, 'add', 'prices@v1', source, '--registry', path];
  return runNode(args, { variables, ...(onStart && { onStart }) });
}

/** Whenever the system gets round to saying that something has changed: no two runs are alike. */
function killAfter({ path }: Workshop, changes: number): (child: ChildProcess) => void {
  const gitDir = repositoryOf(path, 'prices');
  return (child) => {
    let seen = 0;
    const count = () => {
      if (++seen === changes) child.kill('SIGKILL');
    };
    const places = ['cairn/leases', 'objects/pack', 'refs/tags'];
    const watchers = places.map((place) => watch(join(gitDir, place), count));
    child.once('close', () => {
      for (const watcher of watchers) watcher.close();
    });
  };
}
