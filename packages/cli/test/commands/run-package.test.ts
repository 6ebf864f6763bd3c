import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  linearPackage,
  nodePackage,
  raisingPackage,
  throwingNodePackage,
  writePackage,
} from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeWorldOptions } from '../support/fake-world.ts';
import { HAS_PYTHON } from '../support/python.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  await add('linear@v1', nodePackage({ factor: 3 }), 'packaged-encrypted');
  await add('linear@v2', throwingNodePackage(), 'packaged');
});

afterAll(() => workshop[Symbol.dispose]());

/** Everybody's folder is the one of somebody who has made the packages, unless a test has one of its own. */
function config(name = 'config'): Record<string, string> {
  return { CAIRN_CONFIG: join(workshop.path, name), PATH: process.env.PATH ?? '' };
}

async function add(reference: string, files: Readonly<Record<string, string>>, type: string): Promise<void> {
  const folder = join(workshop.path, reference);
  writePackage(folder, files);
  const parts = ['--model', 'models', '--hooks', 'hooks', '--manifest', 'manifest.json'].map((word) =>
    word.startsWith('--') ? word : join(folder, word),
  );
  const added = await workshop.run(['add', reference, '--create', '--type', type, ...parts], {
    variables: config(),
  });
  expect(added).toMatchObject({ code: 0 });
}

function run(words: readonly string[], options: FakeWorldOptions = {}) {
  return workshop.run(['run', ...words], { variables: config(), ...options });
}

describe('running a package', () => {
  test('takes JSON from standard input, and gives nothing but JSON', async () => {
    expect(await run(['linear@v1'], { input: '[1, 2.5]' })).toMatchObject({
      code: 0,
      out: '[4,8.5]\n',
      err: '',
    });
  });

  test('takes JSON from a file', async () => {
    const input = join(workshop.path, 'inputs.json');
    writeFileSync(input, '[0]');
    expect(await run(['linear@v1', '--input', input])).toMatchObject({ code: 0, out: '[1]\n' });
    expect(await run(['linear@v1', '--input', '-'], { input: '[2]' })).toMatchObject({
      code: 0,
      out: '[7]\n',
    });
    expect(await run(['linear@v1', '--input', 'nowhere'])).toMatchObject({ code: 3 });
  });

  test('runs a package in a file, without a registry', async () => {
    const file = join(workshop.path, 'linear.cairn');
    expect(await workshop.run(['export', 'linear@v1', file], { variables: config() })).toMatchObject({
      code: 0,
    });
    const outside = { input: '[1]', workingFolder: workshop.path };
    expect(await run(['linear.cairn'], outside)).toMatchObject({ code: 0, out: '[4]\n' });
    expect(await run(['none.cairn'], outside)).toMatchObject({ code: 3 });
  });

  test('says what is wrong with the inputs before anything is opened', async () => {
    const wrong = await run(['linear@v1'], { input: '[1,' });
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('standard input is not JSON');
    const none = await run(['linear@v1'], { answers: [], columns: 80 });
    expect(none).toMatchObject({ code: 2 });
    expect(none.err).toContain('--input');
  });

  test('shows the traceback of a hook that fails, and then what it was', async () => {
    const { code, out, err } = await run(['linear@v2'], { input: '7' });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      'TypeError: cannot predict from number\n    at predict (hooks/predict.mjs:2:9)\n' +
        'cairn: predict of linear@v2 (hooks/predict.mjs) failed: TypeError: cannot predict from number\n',
    );
  });

  test('refuses what is no package, and what is not there', async () => {
    expect(await run(['stockpred@v1'], { input: '1' })).toMatchObject({ code: 4 });
    expect(await run(['linear@v9'], { input: '1' })).toMatchObject({ code: 3 });
    expect(await run(['linear@v1:models/weights.json'], { input: '1' })).toMatchObject({ code: 2 });
    expect(await run(['linear@v1', '--service', 'other'], { input: '1' })).toMatchObject({ code: 2 });
  });

  test('leaves nothing behind', () => {
    const left = ['/dev/shm', workshop.path].flatMap((folder) => readdirSync(folder));
    expect(left.filter((name) => name.startsWith('cairn-run-'))).toEqual([]);
  });
});

describe('trust in hooks', () => {
  test('is needed on a machine that they come to, and --trust gives it for good', async () => {
    const variables = config('visitor');
    const input = '7';
    const refused = await run(['linear@v2'], { input, variables });
    expect(refused).toMatchObject({ code: 4, out: '' });
    expect(refused.err).toContain('which would run hooks/common.mjs, hooks/load.mjs, hooks/predict.mjs');
    expect(refused.err).toContain('--trust');
    expect(await run(['linear@v2', '--trust'], { input, variables })).toMatchObject({ code: 1 });
    expect(await run(['linear@v2'], { input, variables })).toMatchObject({ code: 1 });
  });

  test('is asked for on a terminal, once, and listed and taken back by its digest', async () => {
    const variables = config('asked');
    const input = join(workshop.path, 'one.json');
    writeFileSync(input, '7');
    const ask = (answers: string[]) =>
      run(['linear@v2', '--input', input], { variables, answers, columns: 80 });
    const no = await ask(['n']);
    expect(no).toMatchObject({ code: 4 });
    expect(no.err).toContain('linear@v2 brings code');
    expect(no.err).toContain('\n  hooks/predict.mjs\n');
    expect(await ask(['y'])).toMatchObject({ code: 1 });
    expect(await ask([])).toMatchObject({ code: 1 });
    const listed = await workshop.run(['trust', 'ls', '--json'], { variables });
    const [{ digest, reference }] = JSON.parse(listed.out);
    expect(reference).toBe('linear@v2');
    const removed = await workshop.run(['trust', 'rm', digest.slice(0, 8)], { variables });
    expect(removed).toMatchObject({ code: 0, err: `the hooks ${digest} are not trusted any more\n` });
    expect(await workshop.run(['trust', 'rm', digest], { variables })).toMatchObject({ code: 3 });
    expect(await ask(['n'])).toMatchObject({ code: 4 });
    expect((await workshop.run(['trust', 'ls'], { variables })).err).toBe('no hooks are trusted\n');
  });
});

describe.skipIf(!HAS_PYTHON)('hooks in Python (skipped without python3)', () => {
  test('run with the interpreter that is named, without the secrets of Cairn', async () => {
    const predict =
      'import os, sys\n\ndef predict(**_):\n    print("to standard output")\n    return [sys.executable, dict(os.environ)]\n';
    await add('python@v1', { ...linearPackage(), 'hooks/predict.py': predict }, 'packaged');
    const variables = { ...config(), CAIRN_PASSPHRASE: 'correct horse', MINE: 'yes' };
    const { code, out, err } = await run(['python@v1', '--python', 'python3'], { input: '1', variables });
    expect({ code, err }).toEqual({ code: 0, err: 'to standard output\n' });
    const [, seen] = JSON.parse(out);
    expect(seen).toMatchObject({ MINE: 'yes' });
    expect(out).not.toContain('correct horse');
    const missing = await run(['python@v1'], {
      input: '1',
      variables: { ...variables, CAIRN_PYTHON: './no/python' },
    });
    expect(missing).toMatchObject({ code: 3, out: '' });
    expect(missing.err).toContain(`there is no ${join(workshop.registry, 'no/python')}`);
  });

  test('show their traceback', async () => {
    await add('python@v2', raisingPackage('predict'), 'packaged-encrypted');
    const { code, err } = await run(['python@v2'], { input: '[1]' });
    expect(code).toBe(1);
    expect(err).toContain('  File "hooks/predict.py", line 3, in predict\n');
    expect(err).toMatch(/cairn: predict of python@v2 \(hooks\/predict\.py\) failed: ValueError: .*\n$/);
  });
});
