import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRuns, readMetricHistories, takeOut } from '../../../src/index.ts';
import { expectFailure, expectRefusal, filesBelow, registryFixture } from '../../registry-fixture.ts';
import { addFrom, FOREST } from './recorded.ts';
import { answer, recordedServer } from './recorded-server.ts';

const here = { workingFolder: '/', variables: {} };

describe.each([
  'mlflow-2-server',
  'mlflow-3-server',
] as const)('a tracking server that answers as recorded in %s', (store) => {
  it('lists its runs with state, metrics and models', async () => {
    await using server = await recordedServer(store);
    const { runs, place, kind } = await listRuns({ ...here, uri: server.url });
    expect({ place, kind }).toEqual({ place: server.url, kind: 'server' });
    expect(runs.map(({ name, state }) => [name, state])).toEqual([
      ['weights-only', 'finished'],
      ['still-running', 'running'],
      ['out-of-memory', 'failed'],
      ['fold-1', 'finished'],
      [FOREST, 'finished'],
    ]);
    const { metrics, models, experiment } = runs.at(-1)!;
    expect([...models].sort()).toEqual(['baseline', 'model']);
    expect(experiment).toEqual({ id: '1', name: 'house-prices' });
    expect(metrics).toMatchObject({
      loss: 0.05,
      'odd/nan': Number.NaN,
      'odd/inf': Infinity,
      'odd/minus-inf': -Infinity,
    });
  });

  it('gives a run with all its files, which become a version and can be taken out', async () => {
    using fixture = await registryFixture();
    await using server = await recordedServer(store);
    const { version } = await addFrom(fixture, `mlflow:${FOREST}`, { uri: `${server.url}/` });
    const paths = version.files.map(({ path }) => path);
    for (const path of ['model/MLmodel', 'baseline/model.pkl', 'plots/notes.txt', 'summary.json'])
      expect(paths).toContain(path);
    expect(version).toMatchObject({
      framework: 'scikit-learn',
      params: { lr: '0.01' },
      labels: { team: 'pricing' },
    });
    expect(version.sources).toMatchObject([
      { kind: 'mlflow-run', store: server.url, code: { name: 'train.py' } },
    ]);
    expect((await readMetricHistories(fixture.registry, 'm@v1')).loss).toMatchObject({ count: 20 });
    await takeOut(fixture.registry, 'm@v1', join(fixture.work, 'out'));
    expect(Object.keys(filesBelow(join(fixture.work, 'out'))).sort()).toEqual([...paths].sort());
    expect(
      Object.keys(filesBelow(join(fixture.registry.path, '.cairn'))).filter((path) => /unpack/.test(path)),
    ).toEqual([]);
  });

  it('gives one folder, or one file, of a run', async () => {
    using fixture = await registryFixture();
    await using server = await recordedServer(store);
    const folder = await addFrom(fixture, `mlflow:${FOREST}/plots`, { uri: server.url });
    expect(folder.version.files.map(({ path }) => path)).toEqual(['notes.txt']);
    const file = await addFrom(fixture, `mlflow:${FOREST}/plots/notes.txt`, {
      uri: server.url,
      version: 'v2',
    });
    expect(file.version.files.map(({ path }) => path)).toEqual(['notes.txt']);
    const model = await addFrom(fixture, `mlflow:${FOREST}/model`, { uri: server.url, version: 'v3' });
    expect(model.version.files.map(({ path }) => path)).toContain('MLmodel');
  });
});

describe('a tracking server', () => {
  it('is told who asks by the variables that MLflow reads', async () => {
    await using server = await recordedServer('mlflow-3-server');
    const ask = (variables: Record<string, string>) => listRuns({ ...here, variables, uri: server.url });
    await ask({ MLFLOW_TRACKING_TOKEN: 'abc' });
    expect(server.authorizations.splice(0)).toEqual(server.requests.splice(0).map(() => 'Bearer abc'));
    await ask({
      MLFLOW_TRACKING_USERNAME: 'ann',
      MLFLOW_TRACKING_PASSWORD: 'pä',
      MLFLOW_TRACKING_TOKEN: 'abc',
    });
    expect(new Set(server.authorizations.splice(0))).toEqual(
      new Set([`Basic ${Buffer.from('ann:pä').toString('base64')}`]),
    );
    const uri = server.url.replace('//', '//bob:secret@');
    const { place } = await listRuns({ workingFolder: '/', variables: { MLFLOW_TRACKING_URI: uri } });
    expect(place).toBe(server.url);
    expect(server.authorizations.at(-1)).toBe(`Basic ${Buffer.from('bob:secret').toString('base64')}`);
  });

  it('is not asked with a password that stands among the arguments', async () => {
    const uri = 'http://ann:hunter2@127.0.0.1:9';
    const error = await expectFailure(listRuns({ ...here, uri }), {
      code: 'invalid',
      names: ['password'],
      hint: /MLFLOW_TRACKING_PASSWORD/,
    });
    expect(`${error.message}${JSON.stringify(error.data)}${error.stack}`).not.toContain('hunter2');
  });

  it.each([
    'http://ann:hunter2@[bad',
    'http://ann:%hunter2@127.0.0.1:9',
  ])('is not repeated by an error when the variable %j holds no address', async (uri) => {
    const variables = { MLFLOW_TRACKING_URI: uri };
    const error = await expectFailure(listRuns({ workingFolder: '/', variables }), {
      code: 'invalid',
      names: [],
    });
    expect(`${error.message}${JSON.stringify(error.data)}${String(error.cause)}`).not.toContain('hunter2');
  });

  it('that lets nobody in says so, and no error repeats the token', async () => {
    await using server = await recordedServer('mlflow-3-server', (_, response) => {
      answer(response, 401, 'You are not authenticated.');
      return true;
    });
    const variables = { MLFLOW_TRACKING_TOKEN: 'hunter2' };
    const error = await expectFailure(listRuns({ ...here, variables, uri: server.url }), {
      code: 'network',
      names: ['401', server.url],
      hint: /MLFLOW_TRACKING_TOKEN/,
    });
    expect(error.data).toMatchObject({ reason: 'unauthorised' });
    expect(`${error.message}${JSON.stringify(error.data)}${error.stack}`).not.toContain('hunter2');
  });

  it('that is not there, or is no MLflow, is an error that names it', async () => {
    await expectFailure(listRuns({ ...here, uri: 'http://127.0.0.1:1' }), {
      code: 'network',
      names: ['http://127.0.0.1:1'],
    });
    await using page = await recordedServer('mlflow-3-server', (_, response) => {
      answer(response, 200, '<html>');
      return true;
    });
    await expectFailure(listRuns({ ...here, uri: page.url }), {
      code: 'unsupported',
      names: ['does not answer as'],
    });
    await using other = await recordedServer('mlflow-3-server', (_, response) => {
      answer(response, 200, { experiments: 7 });
      return true;
    });
    await expectFailure(listRuns({ ...here, uri: other.url }), {
      code: 'unsupported',
      names: ['experiments'],
    });
  });

  it('is asked for every page', async () => {
    await using server = await recordedServer('mlflow-3-server', ({ path, body }, response) => {
      if (!path.endsWith('/experiments/search')) return false;
      const token = JSON.parse(body).page_token;
      answer(response, 200, {
        experiments: [{ experiment_id: token === 'two' ? '2' : '1', name: 'e' }],
        ...(token === undefined && { next_page_token: 'two' }),
      });
      return true;
    });
    const { runs } = await listRuns({ ...here, uri: server.url });
    expect(new Set(runs.map(({ experiment }) => experiment.id))).toEqual(new Set(['1', '2']));
  });

  it.each([
    ['..'],
    ['../../secret'],
    ['a/b'],
    ['.git'],
    ['a\0b'],
    ['C:x'],
  ])('cannot name a file %j', async (path) => {
    using fixture = await registryFixture();
    await using server = await recordedServer('mlflow-3-server', (request, response) => {
      if (!request.path.includes('/mlflow-artifacts/artifacts?')) return false;
      answer(response, 200, { files: [{ path, is_dir: false, file_size: 1 }] });
      return true;
    });
    await expectRefusal(fixture, () => addFrom(fixture, `mlflow:${FOREST}`, { uri: server.url }), {
      code: 'hostile',
      names: ['is refused'],
    });
  });

  it('that sends more or less than it listed is not believed', async () => {
    using fixture = await registryFixture();
    await using server = await recordedServer('mlflow-3-server', ({ path }, response) => {
      if (!/artifacts\/.*\.txt$/.test(path)) return false;
      response.end('more than was listed, and more');
      return true;
    });
    await expectRefusal(fixture, () => addFrom(fixture, `mlflow:${FOREST}/plots`, { uri: server.url }), {
      code: 'changed',
      names: ['notes.txt'],
    });
  });
});
