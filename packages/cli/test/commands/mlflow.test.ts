import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { recordedStore } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;
let project: string;

beforeAll(async () => {
  workshop = await openWorkshop();
  project = join(workshop.path, 'project');
  cpSync(recordedStore('mlflow-3-sqlite'), project, { recursive: true });
});

afterAll(() => workshop[Symbol.dispose]());

const FOREST = 'forest 3, all features';

describe('source ls', () => {
  test('lists runs with state, models and metrics, the newest first', async () => {
    const { code, out } = await workshop.run(['source', 'ls', 'mlflow', '--uri', project]);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^RUN +NAME +STATE +STARTED +EXPERIMENT +MODELS +METRICS$/);
    expect(lines).toHaveLength(6);
    expect(lines[1]).toContain('weights-only');
    expect(lines.at(-1)).toMatch(
      /forest 3, all features +finished .* house-prices +model, baseline +.*loss 0\.05.*odd\/nan NaN/,
    );
  });

  test('finds what the working folder has, and prints it as JSON with what JSON has no numbers for', async () => {
    const words = ['source', 'ls', 'mlflow', '--search', 'FOREST', '--json'];
    const { code, out } = await workshop.run(words, { workingFolder: project });
    expect(code).toBe(0);
    const [run, ...others] = JSON.parse(out);
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      kind: 'mlflow-run',
      reference: expect.stringMatching(/^mlflow:[0-9a-f]{32}$/),
      name: FOREST,
      state: 'finished',
      metrics: { loss: 0.05, 'odd/nan': 'NaN', 'odd/minus-inf': '-Infinity' },
    });
  });

  test('says that nothing is there, and what cannot be asked together', async () => {
    const nothing = await workshop.run(['source', 'ls', 'mlflow', '--uri', project, '--search', 'zebra']);
    expect(nothing).toMatchObject({ code: 0, out: '', err: 'none of 5 sources has that in it\n' });
    const usage = await workshop.run(['source', 'ls', 'bentoml', '--uri', project]);
    expect(usage).toMatchObject({ code: 2, err: expect.stringContaining('--uri is for mlflow') });
    const missing = await workshop.run(['source', 'ls', 'mlflow', '--uri', 'nowhere']);
    expect(missing).toMatchObject({ code: 3, err: expect.stringContaining('nothing is there') });
  });
});

describe('add --from', () => {
  test('adds a run, and show says where its files came from', async () => {
    const words = ['add', 'forest@v1', '--create', '--from', `mlflow:${FOREST}`, '--uri', project];
    const added = await workshop.run([...words, '--metric', 'loss=7']);
    expect(added).toMatchObject({ code: 0, err: expect.stringContaining('added forest@v1: 16 files') });
    expect(added.err).toContain('no finite number');
    const { out } = await workshop.run(['show', 'forest@v1']);
    expect(out).toMatch(
      /from +MLflow run forest 3, all features \([0-9a-f]{32}\) of house-prices in .*mlflow\.db: 16 files/,
    );
    expect(out).toMatch(/model: python_function, sklearn 1\.9\.1, logged with MLflow 3\.17\.2/);
    expect(out).toMatch(/metrics .*holdout\/rmse=0\.5/);
    expect(out).toContain('loss=7');
    const again = await workshop.run(['add', 'forest@v2', '--from', `mlflow:${FOREST}`, '--uri', project]);
    expect(again.err).toContain('the same was added before, as forest@v1');
  });

  test('goes where --into says, beside other paths', async () => {
    const words = [
      'add',
      'forest@v3',
      '../model/config.json',
      '--into',
      'net',
      '--from',
      `mlflow:${FOREST}/model`,
    ];
    const { code } = await workshop.run([...words, '--uri', project, '--json']);
    expect(code).toBe(0);
    const { out } = await workshop.run(['show', 'forest@v3', '--json']);
    const paths = JSON.parse(out).files.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(['config.json', 'net/MLmodel']));
  });

  test('proposes a name where one is not allowed', async () => {
    const { code, err } = await workshop.run(['add', 'House Prices (EU)@v1', '--from', `mlflow:${FOREST}`]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('hint: perhaps House-Prices-EU?'),
    });
  });
});

describe('import mlflow-registry', () => {
  test('says what it would do, does it, and goes on where it was', async () => {
    const planned = await workshop.run(['import', 'mlflow-registry', '--dry-run', '--uri', project]);
    expect(planned).toMatchObject({
      code: 0,
      err: expect.stringContaining('2 models and 2 versions: 2 would be added'),
    });
    const done = await workshop.run(['import', 'mlflow-registry', '--uri', project, '--json']);
    expect(JSON.parse(done.out).models[1]).toMatchObject({
      model: 'house-price',
      versions: [{ version: 'v1', outcome: 'added', problem: null }, { version: 'v2' }],
    });
    const again = await workshop.run(['import', 'mlflow-registry', '--uri', project]);
    expect(again.err).toContain('House Prices (EU), draft is called House-Prices-EU-draft here\n');
    expect(again.err).toContain('2 there already');
    const { out } = await workshop.run(['show', 'house-price@champion']);
    expect(out).toContain('registered as house-price version 2');
  });

  test('is a command beside import, which takes files as before', async () => {
    const help = await workshop.run(['import', '--help']);
    expect(help.out).toContain('cairn import <file>');
    const other = await workshop.run(['help', 'import', 'mlflow-registry']);
    expect(other.out).toContain('cairn import mlflow-registry [options]');
    expect(await workshop.run(['import', 'no-such-file'])).toMatchObject({ code: 3 });
  });
});
