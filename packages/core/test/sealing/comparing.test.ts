import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareVersions } from '../../src/index.ts';
import type { RegistryFixture } from '../registry-fixture.ts';
import { ANOTHER, PACKAGE, sealedRegistry, sealVersion, UNLOCK } from './sealed-fixture.ts';

let fixture: RegistryFixture;

beforeAll(async () => {
  fixture = await sealedRegistry();
  const { 'models/empty': _, ...rest } = PACKAGE;
  await sealVersion(fixture, 'v2', { ...rest, 'models/config.json': Buffer.from('{"layers": 4}\n') });
});

afterAll(() => fixture[Symbol.dispose]());

test('sealed versions are compared by what is in them when both open', async () => {
  const { isShut, files, unchanged } = await compareVersions(fixture.registry, 'net@v1', 'net@v2', {
    unlock: UNLOCK,
  });
  expect(isShut).toBe(false);
  expect(files.map(({ kind, path }) => [kind, path])).toEqual([
    ['changed', 'models/config.json'],
    ['removed', 'models/empty'],
  ]);
  expect(unchanged.files).toBe(Object.keys(PACKAGE).length - 2);
});

test.each([
  ['without a key', {}],
  ['with one that does not open them', { unlock: ANOTHER }],
])('%s they are compared as they are stored, and no name in them is told', async (_, options) => {
  const { isShut, files } = await compareVersions(fixture.registry, 'net@v1', 'net@v2', options);
  expect(isShut).toBe(true);
  expect(files.length).toBeGreaterThan(0);
  expect(JSON.stringify(files)).not.toContain('models/');
});
