import { createHash } from 'node:crypto';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, linearPackage, pseudoRandomBytes, writePackage } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { type CreateVersionOptions, createVersion, showVersion, takeOut } from '../../src/index.ts';
import {
  expectFailure,
  filesBelow,
  type RegistryFixture,
  registryFixture,
  writeFiles,
} from '../registry-fixture.ts';

const V1 = { model: 'linear', version: 'v1' };

/** The parts of a package, each in a place of its own. */
function scattered({ work }: RegistryFixture): Pick<CreateVersionOptions, 'sources' | 'manifest'> {
  const { 'manifest.json': manifest, ...files } = linearPackage();
  const at = (path: string) => join(work, 'parts', path);
  writePackage(join(work, 'parts'), files);
  writePackage(join(work, 'parts'), {
    'linear.json': manifest!,
    'more/tokens.txt': 'one two\n',
    'lib/common/x.py': '',
  });
  return {
    sources: [
      { path: at('models'), into: 'models' },
      { path: at('more/tokens.txt'), into: 'models' },
      { path: at('hooks'), into: 'hooks' },
      { path: at('lib'), into: 'src' },
    ],
    manifest: at('linear.json'),
  };
}

describe('a package', () => {
  test('is put together from several places, and taken out as it is laid out', async () => {
    using fixture = await registryFixture();
    const { registry, work } = fixture;
    const options = scattered(fixture);
    const { version, codeDigest } = await createVersion(registry, V1, {
      ...options,
      type: 'packaged',
      createModel: true,
    });
    expect(version).toMatchObject({
      type: 'packaged',
      sources: [
        { into: 'models' },
        { into: 'models' },
        { into: 'hooks' },
        { into: 'src' },
        { as: 'manifest.json' },
      ],
    });
    await takeOut(registry, 'linear@v1', join(work, 'out'));
    expect(filesBelow(join(work, 'out'))).toEqual(
      digests({ ...linearPackage(), 'models/tokens.txt': 'one two\n', 'src/common/x.py': '' }),
    );
    expect(codeDigest).toMatch(/^[0-9a-f]{64}$/);
    fsckStrict(fixture.gitDir('linear'));
  });

  test('may lie in one folder that is laid out already, under a manifest of its own', async () => {
    using fixture = await registryFixture();
    const folder = join(fixture.work, 'package');
    writePackage(folder, linearPackage());
    const { codeDigest } = await createVersion(fixture.registry, V1, {
      sources: [{ path: folder }],
      type: 'packaged',
      createModel: true,
    });
    writePackage(folder, { 'models/linear.safetensors': 'other weights' });
    const again = await createVersion(
      fixture.registry,
      { ...V1, version: 'v2' },
      { sources: [{ path: folder }], type: 'packaged' },
    );
    expect(again.codeDigest).toBe(codeDigest);
    writePackage(folder, { 'hooks/predict.py': 'def predict(**kwargs): pass\n' });
    const other = await createVersion(
      fixture.registry,
      { ...V1, version: 'v3' },
      { sources: [{ path: folder }], type: 'packaged' },
    );
    expect(other.codeDigest).not.toBe(codeDigest);
  });

  test('goes without what Python and notebooks leave behind, and says so', async () => {
    using fixture = await registryFixture();
    const folder = join(fixture.work, 'package');
    const left = [
      'hooks/__pycache__/load.cpython-312.pyc',
      'hooks/old.pyc',
      'models/.ipynb_checkpoints/a.json',
    ];
    writePackage(folder, { ...linearPackage(), ...Object.fromEntries(left.map((path) => [path, 'x'])) });
    const { skipped, version } = await createVersion(fixture.registry, V1, {
      sources: [{ path: folder }],
      type: 'packaged',
      createModel: true,
    });
    expect([...skipped].sort()).toEqual(
      ['hooks/__pycache__', 'hooks/old.pyc', 'models/.ipynb_checkpoints'].map((path) => join(folder, path)),
    );
    expect(version.files.map(({ path }) => path)).toEqual(Object.keys(linearPackage()).sort());
    const plain = await createVersion(
      fixture.registry,
      { ...V1, version: 'plain' },
      { sources: [{ path: folder }] },
    );
    expect(plain.skipped).toEqual([]);
    expect(plain).toMatchObject({ codeDigest: null, newKey: null });
  });

  test('is not read again where nothing changed', async () => {
    using fixture = await registryFixture();
    const folder = join(fixture.work, 'package');
    writePackage(folder, linearPackage());
    writeFiles(folder, { 'models/weights.bin': pseudoRandomBytes('weights', 2_000_000) });
    fixture.clock.at = Date.now() + 120_000;
    await createVersion(fixture.registry, V1, {
      sources: [{ path: folder }],
      type: 'packaged',
      createModel: true,
    });
    const { stored, reused } = await createVersion(
      fixture.registry,
      { ...V1, version: 'v2' },
      { sources: [{ path: folder }], type: 'packaged' },
    );
    expect(stored.bytes).toBe(0);
    expect(reused.parts).toBe(Object.keys(linearPackage()).length + 1);
  });

  const WRONG: Readonly<Record<string, [Readonly<Record<string, string>>, RegExp]>> = {
    'has no manifest': [{ 'hooks/load.py': '', 'models/a': '' }, /manifest\.json/],
    'has a manifest that is none': [
      { ...linearPackage(), 'manifest.json': '{"models": []' },
      /manifest\.json/,
    ],
    'lacks a hook': [without('hooks/predict.py'), /predict/],
    'has no model files': [without('models/weights.json', 'models/1/saved_model.pb'), /model/],
    'has something else beside them': [{ ...linearPackage(), 'notes.txt': 'x' }, /notes\.txt/],
  };

  test.each(Object.entries(WRONG))('that %s is refused before anything is stored', async (_, [
    files,
    names,
  ]) => {
    using fixture = await registryFixture();
    const folder = join(fixture.work, 'package');
    writePackage(folder, files);
    for (const type of ['packaged', 'packaged-encrypted'] as const) {
      const encryption = { kind: 'key', key: new Uint8Array(32) } as const;
      const options = {
        sources: [{ path: folder }],
        type,
        createModel: true,
        ...(type !== 'packaged' && { encryption }),
      };
      await expectFailure(createVersion(fixture.registry, V1, options), { code: 'invalid', names: [names] });
      expect(readdirSync(fixture.registry.path)).not.toContain('models');
    }
  });

  test('whose manifest changes while it is stored is refused', async () => {
    using fixture = await registryFixture();
    const folder = join(fixture.work, 'package');
    writePackage(folder, linearPackage());
    const path = join(folder, 'manifest.json');
    const changing = {
      ...fixture.registry,
      environment: changingEnvironment(fixture, () => writeFileSync(path, '{"models":[]}')),
    };
    const created = createVersion(changing, V1, {
      sources: [{ path: folder }],
      type: 'packaged',
      createModel: true,
    });
    await expectFailure(created, { code: 'changed', names: ['manifest.json'] });
    utimesSync(path, 0, 0);
    await expect(showVersion(fixture.registry, 'linear@v1')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('whose manifest is a folder is refused', async () => {
    using fixture = await registryFixture();
    const { sources } = scattered(fixture);
    const created = createVersion(fixture.registry, V1, {
      sources,
      manifest: fixture.work,
      type: 'packaged',
      createModel: true,
    });
    await expectFailure(created, { code: 'invalid', names: ['folder', 'manifest.json'] });
  });
});

function without(...paths: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(linearPackage()).filter(([path]) => !paths.includes(path)));
}

function digests(files: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(files).map(([path, text]): [string, string] => [
    join(path),
    createHash('sha256').update(text).digest('hex'),
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Does something when the time is asked for first, which is after the sources were looked at. */
function changingEnvironment({ registry }: RegistryFixture, change: () => void) {
  let isDone = false;
  return {
    ...registry.environment,
    now: () => {
      if (!isDone) change();
      isDone = true;
      return registry.environment.now();
    },
  };
}
