import { describe, expect, test } from 'vitest';
import { parsePackageManifest } from '../../src/packages/manifest.ts';
import { newPackageManifest } from '../../src/packages/manifest-skeleton.ts';
import { failureOf } from './failure.ts';

describe('a new manifest', () => {
  test('is of the newest schema, with its defaults written out', () => {
    expect(JSON.parse(newPackageManifest({ name: 'stockpred', version: 'v1' }))).toEqual({
      schema: 'v2024.1',
      name: 'stockpred',
      version: 'v1',
      in_memory_model_extraction: false,
      file_integrity_check: { models: 'skip', hooks: 'skip', src: 'skip', manifest: 'skip' },
      models: [{ name: 'stockpred', enc_model_cleanup: 'after-load' }],
      services: [{ name: 'main' }],
    });
  });

  test('has the submodels and services asked for', () => {
    const text = newPackageManifest({
      name: 'Two nets, one price',
      version: '1',
      submodels: ['scaler', 'net'],
      services: ['main', 'explain'],
      framework: 'pytorch',
    });
    const { models, services } = parsePackageManifest(text);
    expect(models.map(({ name, framework }) => [name, framework])).toEqual([
      ['scaler', 'pytorch'],
      ['net', 'pytorch'],
    ]);
    expect(services.map(({ name }) => name)).toEqual(['main', 'explain']);
  });

  test('of the old schema says no more than that schema knows', () => {
    const text = newPackageManifest({ name: 'n', version: '1', schema: 'v2023.1', framework: 'tensorflow' });
    expect(JSON.parse(text)).toEqual({
      models: [{ name: 'n', version: '1', framework: 'tensorflow', enc_model_cleanup: 'after-load' }],
    });
    expect(parsePackageManifest(text).schema).toBe('v2023.1');
  });

  test.each([
    [{ schema: 'v2023.1' } as const, 'models[0].framework: it is missing; expected tensorflow'],
    [
      { schema: 'v2023.1', framework: 'pytorch', submodels: ['a'] } as const,
      'submodels and services are not known',
    ],
    [{ schema: 'v2022.1' as 'v2023.1' }, 'there is no manifest schema v2022.1; expected v2023.1 or v2024.1'],
    [{ name: 'a/b' }, 'models[0].name: "a/b": it names a folder'],
    [{ submodels: ['a', 'A'] }, 'models[1].name: models[0] has this name already'],
    [{ version: '' }, 'version: it must not be empty'],
  ])('%j is not written when it could not be used', (options, problem) => {
    const { code, message } = failureOf(() => newPackageManifest({ name: 'n', version: '1', ...options }));
    expect(code).toBe('invalid');
    expect(message).toContain(problem);
  });
});
