import { createModel } from '@cairn/core';
import { temporaryFolder } from '@cairn/testkit';
import { afterAll, describe, test } from 'vitest';
import { killEverywhere } from './support/crashes.ts';
import { emptyRegistry, filledRegistry, type Workshop } from './support/registries.ts';
import type { Trial } from './support/sites.ts';

const folder = temporaryFolder();

afterAll(() => folder[Symbol.dispose]());

function adding(
  workshop: Workshop,
  source: Parameters<Workshop['source']>[0],
): Pick<Trial, 'operation' | 'onceDone'> {
  const options = { sources: [{ path: workshop.source(source) }], metrics: { mae: 2 } };
  return {
    operation: () => ({ kind: 'createVersion', model: 'prices', version: 'v3', options }),
    onceDone: 'exists',
  };
}

describe('a process that is killed leaves each version whole or absent, and nothing to repair', () => {
  test('while it adds a version of small files', async ({ annotate }) => {
    const workshop = await filledRegistry(`${folder.path}/small`);
    const trial = { ...adding(workshop, 'small'), name: 'add small files', pointsMax: 120 };
    await annotate(`${await killEverywhere(workshop, trial)} kills`);
  });

  test('while it adds a version that shares parts with older ones', async ({ annotate }) => {
    const workshop = await filledRegistry(`${folder.path}/shared`);
    const trial = { ...adding(workshop, 'third'), name: 'add shared parts', pointsMax: 50 };
    await annotate(`${await killEverywhere(workshop, trial)} kills`);
  });

  test('while its threads add a large version', async ({ annotate }) => {
    const workshop = await emptyRegistry(`${folder.path}/large`);
    await createModel(workshop.registry, 'prices');
    const trial = {
      ...adding(workshop, 'large'),
      name: 'add a large version',
      pointsMax: 40,
      threaded: true,
    };
    await annotate(`${await killEverywhere(workshop, trial)} kills`);
  });
});
