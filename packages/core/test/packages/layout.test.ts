import {
  chattyPackage,
  linearPackage,
  nodePackage,
  type PackageFiles,
  twoModelsPackage,
} from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { packageHooks } from '../../src/packages/hooks.ts';
import { checkPackage, isExcludedFromPackage, packageRole } from '../../src/packages/layout.ts';
import { parsePackageManifest } from '../../src/packages/manifest.ts';
import { failureOf } from './failure.ts';

function check(files: PackageFiles, manifest = files['manifest.json']!): void {
  const sizes = Object.entries(files).map(([path, text]) => ({ path, size: text.length }));
  checkPackage(sizes, parsePackageManifest(manifest));
}

/** What is said of a package that is not laid out as its manifest says. */
function problemOf(files: PackageFiles, manifest?: string): { problem: string; hint: string | undefined } {
  const { code, message, hint } = failureOf(() => check(files, manifest));
  expect(code).toBe('invalid');
  return { problem: message, hint };
}

function without(files: PackageFiles, ...paths: string[]): PackageFiles {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)));
}

/** The two models with other things said of the loaders and predictors. */
function changed(change: (manifest: { models: object[]; services: object[] }) => void): string {
  const manifest = JSON.parse(twoModelsPackage()['manifest.json']!);
  change(manifest);
  return JSON.stringify(manifest);
}

describe('the role of a file', () => {
  test.each([
    ['manifest.json', 'meta'],
    ['models/a', 'model'],
    ['models/deep/in/it', 'model'],
    ['hooks/load.py', 'hook'],
    ['src/net.py', 'source'],
    ['models', null],
    ['Models/a', null],
    ['README.md', null],
    ['a/manifest.json', null],
    ['model/a', null],
    ['', null],
  ])('%j: %s', (path, role) => {
    expect(packageRole(path)).toBe(role);
  });
});

describe('what is left out when a package is made', () => {
  test.each([
    'hooks/__pycache__/load.cpython-311.pyc',
    '__pycache__',
    'src/__pycache__',
    'src/net.pyc',
    'src/net.pyo',
    'src/net.pyd',
    'src/Net$py.class',
    'src/.ipynb_checkpoints/net-checkpoint.py',
    'models/.ipynb_checkpoints',
  ])('%s is', (path) => {
    expect(isExcludedFromPackage(path)).toBe(true);
  });

  test.each([
    'hooks/load.py',
    'src/net.pyx',
    'src/net.py.txt',
    'src/my__pycache__/a.py',
    'models/.ipynb_checkpoints2/a',
    'src/Net.class',
    'models/pyc',
    'models/x.PYC.bin',
  ])('%s is not', (path) => {
    expect(isExcludedFromPackage(path)).toBe(false);
  });
});

describe('a package', () => {
  test.each([
    ['with Python hooks', linearPackage()],
    ['with hooks for Node', nodePackage()],
    ['with two submodels and two services', twoModelsPackage()],
    ['with the least that a package has', chattyPackage()],
  ])('%s is one', (_, files) => {
    check(files);
  });

  test('has a manifest at its root', () => {
    expect(problemOf(without(linearPackage(), 'manifest.json'), linearPackage()['manifest.json'])).toEqual({
      problem: 'not a package: expected manifest.json at the root',
      hint: 'write one with `cairn manifest new`',
    });
  });

  test('that was packed from above is recognised', () => {
    const files = linearPackage();
    const nested = Object.fromEntries(Object.entries(files).map(([path, text]) => [`stock/${path}`, text]));
    expect(problemOf(nested, files['manifest.json'])).toEqual({
      problem: 'not a package: expected manifest.json at the root, found stock/manifest.json',
      hint: 'the package begins inside stock/: pack what is in that folder',
    });
  });

  test('has nothing else at its root', () => {
    const more = { 'README.md': '', 'train.py': '', '__MACOSX/._a': '', 'tests/a.py': '' };
    const { problem, hint } = problemOf({ ...linearPackage(), ...more });
    expect(problem).toBe(
      'not a package: expected nothing but models/, hooks/, src/ and manifest.json at the root, ' +
        'found README.md, train.py, __MACOSX/._a and 1 more',
    );
    expect(hint).toContain('leave the rest out');
  });

  test('has model files', () => {
    const files = without(linearPackage(), 'models/weights.json', 'models/1/saved_model.pb');
    expect(problemOf(files)).toEqual({
      problem: 'not a package: expected files of the model linear in models/, found no model files',
      hint: 'give the files of the model',
    });
  });

  test('has a folder for each of its submodels', () => {
    const { 'models/shift/weights.json': weights, ...files } = twoModelsPackage();
    expect(problemOf({ ...files, 'models/shifted/weights.json': weights! })).toEqual({
      problem:
        'not a package: expected files of the model shift in models/shift/, found scale, shifted in models/',
      hint: 'put the files of shift into models/shift/',
    });
    expect(problemOf({ ...files, 'models/shift': weights! }).problem).toContain(
      'found scale, shift in models/',
    );
  });
});

describe('the hooks of a package', () => {
  test('that are named without a folder are found in hooks/, else in src/', () => {
    const named = { schema: 'v2024.1', version: '1', models: [{ name: 'm', loader: { file: 'net.py' } }] };
    const manifest = parsePackageManifest(JSON.stringify(named));
    const fileIn = (...paths: string[]) =>
      packageHooks(['hooks/predict.py', ...paths], manifest).loaders.get('m');
    expect(fileIn('hooks/net.py', 'src/net.py')).toMatchObject({ file: 'hooks/net.py' });
    expect(fileIn('src/net.py')).toMatchObject({ file: 'src/net.py' });
    expect(() => fileIn('src/other.py')).toThrow('hooks/net.py');
  });

  const hooksOf = (files: PackageFiles, manifest = files['manifest.json']!) =>
    packageHooks(Object.keys(files), parsePackageManifest(manifest));

  test('are load.py and predict.py when none are named', () => {
    expect(hooksOf(linearPackage())).toEqual({
      language: 'python',
      loaders: new Map([['linear', { kind: 'file', file: 'hooks/load.py', function: 'load' }]]),
      predictors: new Map([['main', { kind: 'file', file: 'hooks/predict.py', function: 'predict' }]]),
    });
  });

  test('are load.mjs and predict.mjs where there are no others', () => {
    const { language, loaders } = hooksOf(nodePackage());
    expect(language).toBe('node');
    expect(loaders.get('linear')).toEqual({ kind: 'file', file: 'hooks/load.mjs', function: 'load' });
  });

  test('are those in Python where a package has both', () => {
    expect(hooksOf({ ...nodePackage(), ...linearPackage() }).language).toBe('python');
  });

  test('are in the language of those that are named', () => {
    const manifest = changed(({ models, services }) => {
      Object.assign(models[0]!, { loader: 'scale.mjs' });
      Object.assign(models[1]!, { loader: undefined });
      services.length = 0;
    });
    const files = {
      'hooks/scale.mjs': '',
      'hooks/load.mjs': '',
      'hooks/predict.mjs': '',
      'hooks/load.py': '',
    };
    const { language, loaders, predictors } = hooksOf(files, manifest);
    expect(language).toBe('node');
    expect(
      [...loaders.values(), ...predictors.values()].map((hook) => hook.kind === 'file' && hook.file),
    ).toEqual(['hooks/scale.mjs', 'hooks/load.mjs', 'hooks/predict.mjs']);
  });

  test('are each where the manifest says', () => {
    const { loaders, predictors } = hooksOf(twoModelsPackage());
    expect([...loaders]).toEqual([
      ['scale', { kind: 'file', file: 'hooks/loaders.py', function: 'load_scale' }],
      ['shift', { kind: 'file', file: 'hooks/loaders.py', function: 'load_shift' }],
    ]);
    expect([...predictors]).toEqual([
      ['main', { kind: 'file', file: 'hooks/predict.py', function: 'predict' }],
      ['inverse', { kind: 'file', file: 'hooks/predict.py', function: 'inverse' }],
    ]);
  });

  test('must be there', () => {
    expect(problemOf(without(linearPackage(), 'hooks/predict.py'))).toEqual({
      problem:
        'not a package: expected hooks/predict.py (or hooks/predict.mjs for Node) for the service main, ' +
        'found hooks/common.py, hooks/load.py',
      hint: 'add the file, or name another one in manifest.json',
    });
    expect(problemOf(without(nodePackage(), 'hooks/load.mjs')).problem).toContain('expected hooks/load.mjs');
    const named = problemOf(without(twoModelsPackage(), 'hooks/loaders.py')).problem;
    expect(named).toBe(
      'not a package: expected hooks/loaders.py for the model scale, found hooks/predict.py',
    );
    const none = without(linearPackage(), 'hooks/predict.py', 'hooks/load.py', 'hooks/common.py');
    expect(problemOf(none).problem).toMatch(/for the model linear, found nothing like it$/);
  });

  test('must be in one language', () => {
    const manifest = changed(({ services }) => Object.assign(services[0]!, { predictor: 'predict.mjs' }));
    expect(problemOf({ ...twoModelsPackage(), 'hooks/predict.mjs': '' }, manifest)).toEqual({
      problem: 'not a package: its hooks are in two languages, hooks/predict.py and hooks/predict.mjs',
      hint: 'write all of them in Python, or all of them for Node',
    });
  });

  test('that are built in need the file of their class in src/', () => {
    const manifest = changed(({ models }) =>
      Object.assign(models[1]!, {
        loader: { 'built-in': 'PyTorchLoader', model_cls_file: 'nets/small.py', model_cls_name: 'Net' },
      }),
    );
    const files = twoModelsPackage();
    expect(problemOf(files, manifest).problem).toBe(
      'not a package: expected src/nets/small.py for the model shift, found src/arithmetic.py',
    );
    check({ ...files, 'src/nets/small.py': '' }, manifest);
  });

  test('that are built in do without files of hooks', () => {
    const manifest = changed(({ models, services }) => {
      for (const model of models) {
        const loader = {
          'built-in': 'PyTorchLoader',
          model_cls_file: 'arithmetic.py',
          model_cls_name: 'Net',
        };
        Object.assign(model, { loader });
      }
      services.splice(0, 2, {
        name: 'main',
        predictor: { 'built-in': 'PyTorchClassifier', submodel: 'scale' },
      });
    });
    check(without(twoModelsPackage(), 'hooks/loaders.py', 'hooks/predict.py'), manifest);
  });
});
