import { basename, dirname, join } from 'node:path';
import { fsckStrict, type RecordedStore } from '@cairn/testkit';
import { describe, expect, it } from 'vitest';
import { listRuns, readMetricHistories, takeOut } from '../../../src/index.ts';
import { filesBelow, registryFixture } from '../../registry-fixture.ts';
import { addFrom, FOREST, project } from './recorded.ts';

const STORES: readonly RecordedStore[] = [
  'mlflow-2-file',
  'mlflow-2-sqlite',
  'mlflow-3-file',
  'mlflow-3-sqlite',
];

describe.each(STORES)('a run in the recorded store %s', (store) => {
  it('becomes a version with its artifacts and models, params, last metrics, tags and note', async () => {
    using fixture = await registryFixture();
    const folder = project(fixture, store);
    const { version, notes } = await addFrom(fixture, `mlflow:${FOREST}`, { uri: folder });
    const paths = version.files.map(({ path }) => path);
    for (const path of [
      'model/MLmodel',
      'baseline/MLmodel',
      'model/model.pkl',
      'plots/notes.txt',
      'summary.json',
    ])
      expect(paths).toContain(path);
    expect(version).toMatchObject({
      description: 'The one that went out.',
      framework: 'scikit-learn',
      params: { lr: '0.01', 'model/depth': '4', 'model/features/kind': 'all', note: 'naïve\nsecond line' },
      labels: { team: 'pricing', 'data/source': '2026-03' },
    });
    expect(version.metrics).toMatchObject({ late: 2, loss: 0.05, 'val/rmse': 0.75 });
    expect(Object.keys(version.metrics)).not.toContain('odd/nan');
    expect(notes).toEqual([expect.stringMatching(/odd\/inf, odd\/minus-inf, odd\/nan: .*no finite number/)]);
    fsckStrict(fixture.gitDir('m'));
  });

  it('is remembered with its id, name, user, times, commit, and what the MLmodel files say', async () => {
    using fixture = await registryFixture();
    const folder = project(fixture, store);
    const { version } = await addFrom(fixture, `mlflow:${FOREST}`, { uri: folder });
    expect(version.sources).toHaveLength(1);
    expect(version.sources[0]).toMatchObject({
      kind: 'mlflow-run',
      run: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: FOREST,
      experiment: { id: expect.stringMatching(/^\d+$/), name: 'house-prices' },
      state: 'finished',
      user: 'user',
      startedAt: expect.stringMatching(/^2026-/),
      endedAt: expect.stringMatching(/^2026-/),
      code: { name: 'train.py', type: 'LOCAL', commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      notFinite: { 'odd/inf': 'Infinity', 'odd/minus-inf': '-Infinity', 'odd/nan': 'NaN' },
      files: version.files.length,
      bytes: version.size,
    });
    const models = version.sources[0]!.models as { path: string }[];
    expect(models.map(({ path }) => path).sort()).toEqual(['baseline', 'model']);
    expect(models[0]).toMatchObject({
      flavors: { sklearn: '1.9.1', python_function: null },
      mlflowVersion: expect.stringMatching(/^[23]\./),
      pythonVersion: '3.11.7',
      createdAt: expect.stringMatching(/^2026-/),
    });
  });

  it('keeps how its metrics went, with what is no finite number among them', async () => {
    using fixture = await registryFixture();
    await addFrom(fixture, `mlflow:${FOREST}`, { uri: project(fixture, store) });
    const histories = await readMetricHistories(fixture.registry, 'm@v1');
    expect(histories.loss).toMatchObject({ count: 20 });
    expect(histories.loss!.points.map(({ step }) => step)).toEqual([...Array(20).keys()]);
    expect(histories.loss!.points[1]).toMatchObject({ step: 1, value: 0.5 });
    expect(histories['odd/nan']!.points.at(-1)!.value).toBeNaN();
    expect(histories.late!.points.map(({ step }) => step)).toEqual([3, 7]);
  });

  it('is taken out again byte for byte', async () => {
    using fixture = await registryFixture();
    const folder = project(fixture, store);
    await addFrom(fixture, `mlflow:${FOREST}/model`, { uri: folder });
    const out = join(fixture.work, 'out');
    await takeOut(fixture.registry, 'm@v1', out);
    const models = modelFolders(folder).map(filesBelow);
    expect(models).toContainEqual(filesBelow(out));
  });

  it('is listed with its state, and deleted runs are not', async () => {
    using fixture = await registryFixture();
    const listing = await listRuns({
      uri: project(fixture, store),
      workingFolder: fixture.work,
      variables: {},
    });
    expect(listing.problems).toEqual([]);
    expect(listing.runs.map(({ name, state }) => [name, state])).toEqual([
      ['weights-only', 'finished'],
      ['still-running', 'running'],
      ['out-of-memory', 'failed'],
      ['fold-1', 'finished'],
      [FOREST, 'finished'],
    ]);
    expect(listing.runs.at(-1)).toMatchObject({ models: ['model', 'baseline'], metrics: { loss: 0.05 } });
  });
});

/** The folders of a project that hold a model of MLflow. */
function modelFolders(folder: string): string[] {
  const paths = Object.keys(filesBelow(folder)).filter((path) => basename(path) === 'MLmodel');
  return paths.map((path) => join(folder, dirname(path)));
}
