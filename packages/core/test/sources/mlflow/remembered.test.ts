import { describe, expect, it } from 'vitest';
import {
  createVersion,
  openOriginFor,
  readMetricHistories,
  renameVersion,
  showVersion,
} from '../../../src/index.ts';
import { registryFixture, stateOf } from '../../registry-fixture.ts';
import { addFrom, FOREST, project } from './recorded.ts';

describe('a version from a run', () => {
  it('says so when the same run was added before, and is made all the same', async () => {
    using fixture = await registryFixture();
    const options = { uri: project(fixture, 'mlflow-3-file') };
    const first = await addFrom(fixture, `mlflow:${FOREST}`, options);
    expect(first.notes).toHaveLength(1);
    const part = await addFrom(fixture, `mlflow:${FOREST}/model`, { ...options, version: 'v2' });
    expect(part.notes).toHaveLength(1);
    const again = await addFrom(fixture, `mlflow:${FOREST}`, { ...options, version: 'v3' });
    expect(again.notes).toContain('the same was added before, as m@v1');
    expect(again.stored.bytes).toBe(0);
  });

  it('stands beside files from elsewhere, each with its source', async () => {
    using fixture = await registryFixture();
    const uri = project(fixture, 'mlflow-3-sqlite');
    const notes = fixture.write({ 'notes/readme.txt': 'read me' });
    const { version } = await addFrom(fixture, `mlflow:${FOREST}/model`, {
      uri,
      into: 'served/model',
      create: { sources: [{ path: notes }] },
    });
    expect(version.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['readme.txt', 'served/model/MLmodel']),
    );
    expect(version.sources).toMatchObject([
      { kind: 'folder', path: notes, files: 1 },
      { kind: 'mlflow-run', path: 'model', into: 'served/model', files: 7 },
    ]);
  });

  it('says what its maker says first, and then what the first origin says', async () => {
    using fixture = await registryFixture();
    const { registry } = fixture;
    const options = { uri: project(fixture, 'mlflow-2-file'), workingFolder: registry.path, variables: {} };
    await using forest = await openOriginFor(registry, `mlflow:${FOREST}/model`, options);
    await using weights = await openOriginFor(registry, 'mlflow:weights-only', {
      ...options,
      into: 'weights',
    });
    const { version } = await createVersion(
      registry,
      { model: 'm', version: 'v1' },
      {
        sources: [],
        origins: [forest, weights],
        createModel: true,
        description: 'mine',
        metrics: { loss: 7 },
        labels: { team: 'other' },
      },
    );
    expect(version).toMatchObject({
      description: 'mine',
      framework: 'scikit-learn',
      metrics: { loss: 7, 'val/rmse': 0.75, auc: 0.91 },
      labels: { team: 'other', 'data/source': '2026-03' },
      params: { lr: '0.01', horizon: expect.any(String) },
    });
    expect(version.sources.map(({ name }) => name)).toEqual([FOREST, 'weights-only']);
  });

  it('that is sealed takes the files alone, as all else would stand in the clear', async () => {
    using fixture = await registryFixture();
    const manifest = { models: [{ name: 'net', version: '1', framework: 'pytorch' }] };
    const folder = fixture.write({
      'p/manifest.json': JSON.stringify(manifest),
      'p/hooks/load.py': 'def load(**k): ...\n',
      'p/hooks/predict.py': 'def predict(**k): ...\n',
    });
    const uri = project(fixture, 'mlflow-2-file');
    const { version } = await addFrom(fixture, `mlflow:${FOREST}/model`, {
      uri,
      into: 'models',
      create: {
        type: 'packaged-encrypted',
        sources: [{ path: folder }],
        encryption: { kind: 'key', key: new Uint8Array(32).fill(7) },
      },
    });
    expect(version).toMatchObject({ params: {}, metrics: {}, labels: {}, sources: [], description: '' });
    expect(JSON.stringify(stateOf(fixture.registry))).not.toContain('pricing');
    expect(await readMetricHistories(fixture.registry, 'm@v1')).toEqual({});
  });

  it('keeps its histories when it gets another name', async () => {
    using fixture = await registryFixture();
    await addFrom(fixture, `mlflow:${FOREST}`, { uri: project(fixture, 'mlflow-3-file'), version: 'old' });
    const before = await readMetricHistories(fixture.registry, 'm@old');
    await renameVersion(fixture.registry, 'm@old', 'new');
    expect(await readMetricHistories(fixture.registry, 'm@new')).toEqual(before);
    expect(Object.keys(before)).toContain('loss');
  });

  it('without a run has no histories', async () => {
    using fixture = await registryFixture();
    const path = fixture.write({ 'a/b': 'c' });
    await createVersion(
      fixture.registry,
      { model: 'm', version: 'v1' },
      { sources: [{ path }], createModel: true },
    );
    expect(await readMetricHistories(fixture.registry, 'm@v1')).toEqual({});
    expect((await showVersion(fixture.registry, 'm@v1')).sources).toMatchObject([{ kind: 'folder' }]);
  });
});
