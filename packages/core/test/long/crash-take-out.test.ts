import { isDeepStrictEqual } from 'node:util';
import { createModel } from '@cairn/core';
import { temporaryFolder } from '@cairn/testkit';
import { afterAll, describe, test } from 'vitest';
import { killEverywhere } from './support/crashes.ts';
import { addVersion, emptyRegistry, filledRegistry, writeFiles } from './support/registries.ts';
import type { Course, Site, SiteState, Trial } from './support/sites.ts';

const folder = temporaryFolder();

afterAll(() => folder[Symbol.dispose]());

function takingOut(force: boolean): Pick<Trial, 'operation' | 'onceDone'> {
  return {
    operation: ({ out }) => ({
      kind: 'takeOut',
      reference: 'prices@v2',
      destination: out,
      options: { force },
    }),
    onceDone: 'done',
  };
}

describe('a process that is killed leaves no half file, and nothing beside the files', () => {
  test('while it takes a version out into a new folder', async ({ annotate }) => {
    const workshop = await filledRegistry(`${folder.path}/new`);
    const trial = { ...takingOut(false), name: 'take out', pointsMax: 60 };
    await annotate(`${await killEverywhere(workshop, trial)} kills`);
  });

  test('while its threads take a large version out', async ({ annotate }) => {
    const workshop = await emptyRegistry(`${folder.path}/large`);
    await createModel(workshop.registry, 'prices');
    await addVersion(workshop, 'v2', workshop.source('large'));
    const trial = { ...takingOut(false), name: 'take out a large version', pointsMax: 20, threaded: true };
    await annotate(`${await killEverywhere(workshop, trial)} kills`);
  });

  test('while it replaces the files of another version', async ({ annotate }) => {
    const workshop = await filledRegistry(`${folder.path}/force`);
    const prepare = ({ out }: Site) =>
      writeFiles(out, { 'config.json': 'old\n', 'weights.safetensors': 'old\n', 'mine.txt': 'mine\n' });
    const trial = { ...takingOut(true), name: 'take out over another', pointsMax: 60, prepare };
    const kills = await killEverywhere(workshop, { ...trial, isBetween: eachFileIsOldOrNew });
    await annotate(`${kills} kills`);
  });
});

function eachFileIsOldOrNew({ registry, out }: SiteState, { before, after }: Course): boolean {
  const names = new Set([
    ...Object.keys(before.out ?? {}),
    ...Object.keys(after.out ?? {}),
    ...Object.keys(out ?? {}),
  ]);
  const mine = [...names].filter((name) => !/^\.cairn-[0-9a-f]{12}\.tmp/.test(name));
  const isSound = mine.every((name) => [before.out?.[name], after.out?.[name]].includes(out?.[name]));
  return isSound && isDeepStrictEqual(registry, after.registry);
}
