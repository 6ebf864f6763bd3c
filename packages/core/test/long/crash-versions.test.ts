import { temporaryFolder } from '@cairn/testkit';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { killEverywhere } from './support/crashes.ts';
import { filledRegistry, type Workshop } from './support/registries.ts';

const folder = temporaryFolder();
let workshop: Workshop;

beforeAll(async () => {
  workshop = await filledRegistry(folder.path);
});

afterAll(() => folder[Symbol.dispose]());

describe('a process that is killed leaves each version whole or absent, and nothing to repair', () => {
  test('while it adds a version of small files', async ({ annotate }) => {
    const kills = await killEverywhere(workshop, {
      name: 'add small files',
      pointsMax: 150,
      operation: () => ({
        kind: 'createVersion',
        model: 'other',
        version: 'v2',
        options: { sources: [{ path: workshop.source('small') }], metrics: { mae: 2 } },
      }),
      onceDone: 'exists',
    });
    await annotate(`${kills} kills`);
  });

  test('while it adds a version that shares parts with older ones', async ({ annotate }) => {
    const kills = await killEverywhere(workshop, {
      name: 'add shared parts',
      pointsMax: 100,
      operation: () => ({
        kind: 'createVersion',
        model: 'prices',
        version: 'v3',
        options: { sources: [{ path: workshop.source('third') }], base: 'v2' },
      }),
      onceDone: 'exists',
    });
    await annotate(`${kills} kills`);
  });

  test('while its threads add a large version', async ({ annotate }) => {
    const kills = await killEverywhere(workshop, {
      name: 'add a large version',
      pointsMax: 50,
      threaded: true,
      operation: () => ({
        kind: 'createVersion',
        model: 'other',
        version: 'v2',
        options: { sources: [{ path: workshop.source('large') }] },
      }),
      onceDone: 'exists',
    });
    await annotate(`${kills} kills`);
  });
});
