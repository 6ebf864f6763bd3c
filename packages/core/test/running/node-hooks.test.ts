import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePackage, temporaryFolder, throwingNodePackage } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { failureOf, nodePackageOf, openStage } from './package-fixture.ts';

describe('hooks for Node', () => {
  test('load and predict import what stands beside them, and read the model files', async () => {
    await using stage = openStage();
    await using loaded = await stage.load(nodePackage({ factor: 3, offset: 0.5 }));
    expect(await loaded.predict([1, 2, -1])).toEqual([3.5, 6.5, -2.5]);
  });

  test('hooks are given one object, and may be the default export', async () => {
    await using stage = openStage();
    const load = 'export default (given) => Object.keys(given).sort();\n';
    const predict =
      'export default async (given) => [given.model, Object.keys(given).sort(), Object.keys(given.env)];\n';
    const loaded = await stage.load(nodePackageOf(predict, load));
    expect(await loaded.predict(0)).toEqual([
      ['env', 'signal'],
      ['env', 'inputs', 'model', 'signal'],
      ['MLSTEAM_MODEL_DIR'],
    ]);
  });

  test('submodels have loaders of their own, and services predictors of theirs', async () => {
    await using stage = openStage();
    const manifest = {
      schema: 'v2024.1',
      version: '1',
      models: [
        { name: 'a', loader: { file: 'hooks/load-a.mjs', function: 'loadA' } },
        { name: 'b' },
        { name: 'c' },
      ],
      services: [
        { name: 'main' },
        { name: 'second', predictor: { file: 'hooks/predict.mjs', function: 'second' } },
      ],
    };
    const loaded = await stage.load({
      'manifest.json': JSON.stringify(manifest),
      ...{ 'models/a/x': '', 'models/b/x': '', 'models/c/x': '' },
      'hooks/load-a.mjs': 'export const loadA = ({ submodels }) => submodels;\n',
      'hooks/load.mjs': 'export const load = ({ submodels }) => new Map([["b", submodels], ["c", "C"]]);\n',
      'hooks/predict.mjs':
        'export const predict = ({ model, service_name }) => [model, service_name];\n' +
        'export const second = ({ inputs, service_name }) => [inputs, service_name];\n',
    });
    expect(await loaded.predict(1)).toEqual([{ a: ['a'], b: null, c: 'C' }, 'main']);
    expect(await loaded.predict(1, { service: 'second' })).toEqual([1, 'second']);
  });

  test('what hooks print reaches the caller', async () => {
    await using stage = openStage();
    const load = 'console.log("loading");\nexport const load = () => console.error("to standard error");\n';
    const loaded = await stage.load(
      nodePackageOf('export const predict = () => process.stdout.write("asked");\n', load),
    );
    await loaded.predict(1);
    await loaded.close();
    expect(stage.printed).toEqual({ stdout: 'loading\nasked', stderr: 'to standard error\n' });
  });

  test('an exception reaches the caller with its stack, in which paths are those of the package', async () => {
    await using stage = openStage();
    const loaded = await stage.load(throwingNodePackage());
    const error = await failureOf(loaded.predict([1]));
    expect(error.message).toBe(
      'predict of linear@v1 (hooks/predict.mjs) failed: TypeError: cannot predict from object',
    );
    expect(error.data.traceback).toBe(
      'TypeError: cannot predict from object\n    at predict (hooks/predict.mjs:2:9)',
    );
    const text = await stage.load(nodePackageOf('export const predict = () => { throw "only text"; };\n'));
    expect((await failureOf(text.predict(1))).message).toMatch(/failed: string: only text$/);
  });

  test('a hook that ends its thread, or breaks it later, is told', async () => {
    await using stage = openStage();
    const exit = await stage.load(nodePackageOf('export const predict = () => process.exit(7);\n'));
    expect((await failureOf(exit.predict(1))).message).toBe(
      'the hooks ended early: their thread ended with exit code 7',
    );
    const predict =
      'export const predict = () => { setImmediate(() => { throw new RangeError("later"); }); };\n';
    const later = await stage.load(nodePackageOf(predict));
    // The answer and the end come by two ways, and either may be first.
    await Promise.allSettled([later.predict(1)]);
    expect((await later.ended).message).toBe('the hooks ended early: RangeError: later');
    expect(await failureOf(later.predict(1))).toBe(await later.ended);
  });

  test('a hook that exports no such function is named', async () => {
    await using stage = openStage();
    const error = await failureOf(stage.load(nodePackageOf('', 'export const lode = 1;\n')));
    expect(error.message).toContain('hooks/load.mjs exports no function load, and none as its default');
  });

  test('packages are imported by name from the folder that is given, and that folder stays', async () => {
    await using stage = openStage();
    using folder = temporaryFolder();
    const modules = join(folder.path, 'node_modules');
    mkdirSync(join(modules, 'doubling'), { recursive: true });
    writeFileSync(join(modules, 'doubling', 'index.js'), 'module.exports = (value) => value * 2;\n');
    const files = nodePackageOf(
      'import double from "doubling";\nexport const predict = ({ inputs }) => double(inputs);\n',
    );
    const loaded = await stage.load(files, { modules });
    expect(await loaded.predict(4)).toBe(8);
    await loaded.close();
    const without = await stage.load(files, {});
    expect((await failureOf(without.predict(4))).message).toContain("Cannot find package 'doubling'");
  });
});
