import { twoModelsPackage } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { manifestOf, nodePackageOf, openStage } from './package-fixture.ts';

const FILES = {
  ...nodePackageOf('export const predict = () => "still here";\n'),
  'models/.hidden': 'h',
  'models/deep/deeper/weights.bin': 'w',
  'models/deep/notes.txt': 'n',
};

const REST = ['hooks', 'hooks/load.mjs', 'hooks/predict.mjs', 'manifest.json', 'owner.json'];

async function leftAfterLoad(
  fields: Readonly<Record<string, unknown>>,
  type?: 'packaged',
): Promise<string[]> {
  await using stage = openStage();
  const loaded = await stage.load({ ...FILES, 'manifest.json': manifestOf(fields) }, {}, type);
  const left = stage.left().filter((path) => !REST.includes(path));
  expect(await loaded.predict(0)).toBe('still here');
  await loaded.close();
  expect(stage.left()).toEqual([]);
  return left;
}

const ALL = [
  'models',
  'models/.hidden',
  'models/deep',
  'models/deep/deeper',
  'models/deep/deeper/weights.bin',
  'models/deep/notes.txt',
  'models/weights.bin',
];

describe('what stays of a sealed package once it is loaded', () => {
  test('no model file, unless the manifest says otherwise', async () => {
    expect(await leftAfterLoad({})).toEqual([]);
    expect(await leftAfterLoad({ enc_model_cleanup: 'after-load' })).toEqual([]);
  });

  test('everything with the policy never, until it is closed', async () => {
    expect(await leftAfterLoad({ enc_model_cleanup: 'never' })).toEqual(ALL);
  });

  test.each([
    { globs: ['models/*.bin'], gone: ['models/weights.bin'] },
    { globs: ['models/**/*.bin'], gone: ['models/weights.bin', 'models/deep/deeper/weights.bin'] },
    { globs: ['models/.*', './models/deep/notes.txt'], gone: ['models/.hidden', 'models/deep/notes.txt'] },
    { globs: ['models/deep/'], gone: ALL.slice(2, 6) },
    { globs: ['*/deep/d*'], gone: ['models/deep/deeper', 'models/deep/deeper/weights.bin'] },
    { globs: ['nothing/like/it'], gone: [] },
  ])('what $globs does not match', async ({ globs, gone }) => {
    const left = await leftAfterLoad({ enc_model_cleanup_files: globs });
    expect(left).toEqual(ALL.filter((path) => !gone.includes(path)));
  });

  test('what each submodel says of its own files', async () => {
    await using stage = openStage();
    await stage.load(twoModelsPackage());
    expect(stage.left().filter((path) => path.startsWith('models'))).toEqual([
      'models',
      'models/scale',
      'models/scale/weights.json',
      'models/shift',
    ]);
  });
});

test('the files of a package that is not sealed stay until it is closed', async () => {
  expect(await leftAfterLoad({}, 'packaged')).toEqual(ALL);
});

test('a link that a hook leaves is removed, and what it leads to is not', async () => {
  await using stage = openStage();
  await using outside = openStage();
  const load = `import { symlinkSync } from 'node:fs';
export const load = ({ env }) => symlinkSync(${JSON.stringify(outside.folder)}, env.MLSTEAM_MODEL_DIR + '/link');
`;
  const files = nodePackageOf('', load);
  const kept = {
    ...files,
    'manifest.json': manifestOf({ enc_model_cleanup_files: ['models/link/**', 'models/x'] }),
  };
  await using other = await outside.load(nodePackageOf('', 'export const load = () => 1;\n'), {}, 'packaged');
  const before = outside.left();
  await (await stage.load(kept)).close();
  await (await stage.load(files)).close();
  expect(outside.left()).toEqual(before);
  expect(other.version).toBe('v1');
});
