import { createVersion, openRegistry } from '@cairn/core';
import { temporaryFolder } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killEverywhere } from './support/crashes.ts';
import { type Operation, testEnvironment } from './support/operations.ts';
import { filledRegistry, type Workshop } from './support/registries.ts';
import type { Course, Site, SiteState, Trial } from './support/sites.ts';

const folder = temporaryFolder();
let workshop: Workshop;

beforeAll(async () => {
  workshop = await filledRegistry(folder.path);
});

afterAll(() => folder[Symbol.dispose]());

interface Change extends Pick<Trial, 'onceDone' | 'isBetween' | 'afterwards'> {
  readonly operation: Operation;
}

const changes: Readonly<Record<string, Change>> = {
  'deletes a version': {
    operation: { kind: 'deleteVersion', reference: 'prices@v2' },
    onceDone: 'not-found',
    afterwards: oldNoteIsForgotten,
  },
  'makes a model': {
    operation: { kind: 'createModel', model: 'third', description: 'Made anew' },
    onceDone: 'exists',
  },
  'edits a model': {
    operation: {
      kind: 'editModel',
      model: 'prices',
      options: { description: 'Prices', card: '# Prices\n', labels: { task: null, owner: 'team-a' } },
    },
    onceDone: 'done',
  },
  'describes a version': {
    operation: { kind: 'editVersion', reference: 'prices@v1', description: 'Beats everything' },
    onceDone: 'done',
  },
  'renames a version': {
    operation: { kind: 'renameVersion', reference: 'prices@v1', to: 'v1.0' },
    onceDone: 'not-found',
    isBetween: hasBothNames,
  },
  'renames a model': {
    operation: { kind: 'renameModel', model: 'prices', to: 'costs' },
    onceDone: 'not-found',
  },
  'deletes a model': { operation: { kind: 'deleteModel', model: 'prices' }, onceDone: 'not-found' },
};

describe('a process that is killed leaves all as it was or as it should be, and nothing to repair', () => {
  test.for(Object.entries(changes))('while it %s', async ([name, { operation, ...rest }], { annotate }) => {
    const kills = await killEverywhere(workshop, {
      name,
      pointsMax: 60,
      operation: () => operation,
      ...rest,
    });
    await annotate(`${kills} kills`);
  });
});

/** What was said of a version that is gone is not said of another one of its name. */
async function oldNoteIsForgotten({ registry: path }: Site): Promise<void> {
  const registry = await openRegistry(path, testEnvironment());
  const target = { model: 'prices', version: 'v2' };
  const sources = [{ path: workshop.source('small') }];
  const { version } = await createVersion(registry, target, { sources, description: 'Made anew' });
  expect(version.description).toBe('Made anew');
}

/** Both names stand for the version, and the alias for one of them: it was never without a name. */
function hasBothNames({ registry }: SiteState, { before }: Course): boolean {
  const { versions } = registry.prices!;
  const { files } = before.registry.prices!.versions.v1!;
  const named = ['v1', 'v1.0'].filter((name) => versions[name]?.files === files);
  const aliased = Object.values(versions).filter(({ aliases }) => aliases.includes('prod'));
  return named.length === 2 && aliased.length === 1 && Object.keys(versions).length === 3;
}
