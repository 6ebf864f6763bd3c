import { isDeepStrictEqual } from 'node:util';
import { createVersion } from '@cairn/core';
import { temporaryFolder } from '@cairn/testkit';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { killEverywhere } from './support/crashes.ts';
import { filledRegistry, type Workshop, writeFiles } from './support/registries.ts';
import type { Course, SiteState } from './support/sites.ts';

const folder = temporaryFolder();
let workshop: Workshop;

beforeAll(async () => {
  workshop = await filledRegistry(folder.path);
  const target = { model: 'other', version: 'v2' };
  await createVersion(workshop.registry, target, { sources: [{ path: workshop.source('large') }] });
});

afterAll(() => folder[Symbol.dispose]());

describe('a process that is killed leaves no half file', () => {
  test('while it takes a version out into a new folder', async ({ annotate }) => {
    const kills = await killEverywhere(workshop, {
      name: 'take out',
      pointsMax: 80,
      operation: ({ out }) => ({ kind: 'takeOut', reference: 'prices@v2', destination: out, options: {} }),
      onceDone: 'done',
    });
    await annotate(`${kills} kills`);
  });

  test('while its threads take a large version out', async ({ annotate }) => {
    const kills = await killEverywhere(workshop, {
      name: 'take out a large version',
      pointsMax: 30,
      threaded: true,
      operation: ({ out }) => ({ kind: 'takeOut', reference: 'other@v2', destination: out, options: {} }),
      onceDone: 'done',
    });
    await annotate(`${kills} kills`);
  });

  test('while it replaces the files of another version', async ({ annotate }) => {
    const kills = await killEverywhere(workshop, {
      name: 'take out over another',
      pointsMax: 80,
      prepare: ({ out }) =>
        writeFiles(out, { 'config.json': 'old\n', 'weights.safetensors': 'old\n', 'mine.txt': 'mine\n' }),
      operation: ({ out }) => ({
        kind: 'takeOut',
        reference: 'prices@v2',
        destination: out,
        options: { force: true },
      }),
      onceDone: 'done',
      isBetween: eachFileIsOldOrNew,
    });
    await annotate(`${kills} kills`);
  });
});

function eachFileIsOldOrNew({ registry, out }: SiteState, { before, after }: Course): boolean {
  const names = new Set([...Object.keys(before.out ?? {}), ...Object.keys(after.out ?? {})]);
  const isSound = [...names].every((name) => [before.out?.[name], after.out?.[name]].includes(out?.[name]));
  return isSound && isDeepStrictEqual(registry, after.registry);
}
