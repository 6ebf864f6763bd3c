import { temporaryFolder } from '@cairn/testkit';
import { afterAll, describe, test } from 'vitest';
import { killEverywhere } from './support/crashes.ts';
import { litteredRegistry, manyPacksRegistry, manyRefsRegistry } from './support/registries.ts';

describe('a process that is killed while it tidies up loses nothing', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());

  test('while it collects garbage', async ({ annotate }) => {
    const workshop = await litteredRegistry(`${folder.path}/littered`);
    const kills = await killEverywhere(workshop, {
      name: 'collect garbage',
      pointsMax: 80,
      operation: () => ({ kind: 'collectGarbage', graceMs: 0 }),
      onceDone: 'done',
    });
    await annotate(`${kills} kills`);
  });

  test('while it adds a version and rolls up small packs', async ({ annotate }) => {
    const workshop = await manyPacksRegistry(`${folder.path}/packs`);
    const kills = await killEverywhere(workshop, {
      name: 'roll up packs',
      pointsMax: 50,
      operation: () => ({
        kind: 'createVersion',
        model: 'prices',
        version: 'v3',
        options: { sources: [{ path: workshop.source('small') }] },
      }),
      onceDone: 'exists',
    });
    await annotate(`${kills} kills`);
  });

  test('while it adds a version and packs the refs of all', async ({ annotate }) => {
    const workshop = await manyRefsRegistry(`${folder.path}/refs`);
    const kills = await killEverywhere(workshop, {
      name: 'pack refs',
      pointsMax: 30,
      operation: () => ({
        kind: 'createVersion',
        model: 'prices',
        version: 'v2',
        options: { sources: [{ path: workshop.source('small') }] },
      }),
      onceDone: 'exists',
    });
    await annotate(`${kills} kills`);
  });
});
