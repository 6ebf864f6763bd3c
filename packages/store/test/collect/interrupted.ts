import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { expect } from 'vitest';
import { collectGarbage } from '../../src/collect/collect.ts';
import { hashObject, type ObjectId } from '../../src/objects/object-id.ts';
import { PackWriter } from '../../src/pack/pack-writer.ts';
import { openRepository } from '../../src/repository/open.ts';
import { noise } from '../pack/fixture.ts';
import { AT_ONCE, addVersions, deleteTag, emptyRepository, objectIds, reachableIds } from './fixture.ts';
import { REMOVING, type RUNS } from './run-scenario.ts';

/** What is interrupted, and how the repository is made in which that happens. */
export interface Scenario {
  readonly name: keyof typeof RUNS;
  prepare(gitDir: string): void;
}

const SHARED = noise(8_000, 1);

/** A pack of dead objects, one that mixes them with living ones, loose ones, leftovers, and what Git computes. */
function prepareGarbage(gitDir: string): void {
  addVersions(gitDir, { v1: { a: SHARED, t: '1' }, v2: { a: SHARED, b: noise(9_000, 2) }, v3: { c: '3' } });
  addVersions(gitDir, { v4: { d: noise(5_000, 4) } });
  git(gitDir, ['hash-object', '-w', '--stdin'], 'loose');
  gitText(gitDir, 'update-ref', 'refs/tags/v5', gitText(gitDir, 'commit-tree', '-m', 'loose', 'v2^{tree}'));
  gitText(gitDir, 'pack-refs', '--all');
  gitText(gitDir, 'multi-pack-index', 'write');
  gitText(gitDir, 'commit-graph', 'write', '--reachable');
  gitText(gitDir, 'update-server-info');
  writeFileSync(join(gitDir, 'objects', 'pack', 'tmp_pack_AbCdEf'), 'left');
}

function prepareSmallPacks(gitDir: string): void {
  addVersions(gitDir, { v1: { a: SHARED, t: '1' } });
  for (let number = 0; number < 21; number++) {
    const writer = PackWriter.create(join(gitDir, 'objects', 'pack'));
    const bytes = Buffer.from(`${number}`);
    const id = hashObject('blob', bytes);
    writer.add('blob', id, bytes, 'deflated');
    writer.finish();
    writeFileSync(join(gitDir, 'refs', 'tags', `b${number}`), `${id}\n`);
  }
  gitText(gitDir, 'multi-pack-index', 'write');
}

function prepareCollection(gitDir: string): void {
  prepareGarbage(gitDir);
  for (const name of REMOVING) deleteTag(gitDir, name.slice('refs/tags/'.length));
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'deletion', prepare: prepareGarbage },
  { name: 'collection', prepare: prepareCollection },
  { name: 'rollUp', prepare: prepareSmallPacks },
];

/**
 * Interrupts a scenario in copies of one repository, each time at another change to the disk, and checks that
 * nothing is lost and that the next collection finishes the job.
 */
export async function interruptEverywhere(
  { prepare }: Scenario,
  changes: Iterable<number>,
  interrupt: (gitDir: string, change: number) => Promise<boolean>,
): Promise<void> {
  using original = emptyRepository();
  prepare(original.gitDir);
  for (const change of changes) {
    const gitDir = join(original.gitDir, '..', `copy-${change}.git`);
    cpSync(original.gitDir, gitDir, { recursive: true, preserveTimestamps: true });
    const isDone = await interrupt(gitDir, change);
    await expectSoundAndFinish(gitDir, reachableIds(original.gitDir, 'v1'));
    rmSync(gitDir, { recursive: true });
    if (isDone) return;
  }
}

async function expectSoundAndFinish(gitDir: string, needed: readonly string[]): Promise<void> {
  fsckStrict(gitDir);
  expectReadable(gitDir);
  const repository = openRepository(gitDir);
  try {
    await collectGarbage(repository, AT_ONCE);
  } finally {
    repository.close();
  }
  fsckStrict(gitDir);
  expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
  expect(objectIds(gitDir)).toEqual(expect.arrayContaining([...needed]));
  const names = readdirSync(join(gitDir, 'objects', 'pack'));
  expect(names.filter((name) => !/^pack-[0-9a-f]{40}\.(pack|idx)$|^multi-pack-index$/.test(name))).toEqual(
    [],
  );
  for (const name of names.filter((each) => each.endsWith('.pack'))) {
    expect(names).toContain(name.replace('.pack', '.idx'));
  }
}

/** Every object that a ref leads to can be read, by Cairn as by Git. */
function expectReadable(gitDir: string): void {
  const repository = openRepository(gitDir);
  try {
    for (const id of reachableIds(gitDir)) repository.objects.readSync(id as ObjectId);
  } finally {
    repository.close();
  }
}
