import { describe, expect, it } from 'vitest';
import { expectRefusal, registryFixture } from '../../registry-fixture.ts';
import { folderStore, RUN, runFiles } from './made-store.ts';
import { addFrom } from './recorded.ts';

/** The files of a model of MLflow 3, as the file store lays them out. */
function modelFiles(number: number, fields: Readonly<Record<string, string>> = {}): Record<string, string> {
  const id = `m-${String(number).padStart(32, '0')}`;
  const meta = {
    artifact_location: `file:///nowhere/mlruns/1/models/${id}/artifacts`,
    creation_timestamp: String(1700000000000 + number),
    lifecycle_stage: 'active',
    model_id: id,
    name: 'net',
    source_run_id: RUN.a,
    status: '2',
    ...fields,
  };
  const lines = Object.entries(meta).map(([key, value]) => `${key}: ${value}\n`);
  return {
    [`1/models/${id}/meta.yaml`]: lines.join(''),
    [`1/models/${id}/artifacts/MLmodel`]: 'flavors:\n  onnx:\n    onnx_version: 1.19.0\n',
    [`1/models/${id}/artifacts/model.onnx`]: `model ${number}`,
  };
}

async function filesOfRun(files: Readonly<Record<string, string>>) {
  using fixture = await registryFixture();
  const uri = folderStore(fixture.work, { ...runFiles(RUN.a), ...files });
  const { version, notes = [] } = await addFrom(fixture, `mlflow:${RUN.a}`, { uri });
  return { paths: version.files.map(({ path }) => path), notes, version };
}

describe('models that a run has logged', () => {
  it('stand in folders of their names, a second one of a name with its id', async () => {
    const { paths, version } = await filesOfRun({
      ...modelFiles(1),
      ...modelFiles(2),
      ...modelFiles(3, { name: 'NET' }),
    });
    expect(paths).toEqual([
      `NET-m-${'3'.padStart(32, '0')}/MLmodel`,
      `NET-m-${'3'.padStart(32, '0')}/model.onnx`,
      'net-m-00000000000000000000000000000002/MLmodel',
      'net-m-00000000000000000000000000000002/model.onnx',
      'net/MLmodel',
      'net/model.onnx',
      'weights.bin',
    ]);
    expect(version.framework).toBe('onnx');
    expect(version.sources[0]!.models).toContainEqual({
      path: 'net',
      name: 'net',
      id: 'm-00000000000000000000000000000001',
      flavors: { onnx: '1.19.0' },
    });
  });

  it('are left out with a note when they were not logged to their end', async () => {
    const { paths, notes } = await filesOfRun({
      ...modelFiles(1, { status: '1', name: 'half' }),
      ...modelFiles(2),
    });
    expect(paths).toEqual(['net/MLmodel', 'net/model.onnx', 'weights.bin']);
    expect(notes).toEqual([expect.stringMatching(/the model half was not logged to its end/)]);
  });

  it('that were deleted, or that another run has made, are not taken', async () => {
    const { paths } = await filesOfRun({
      ...modelFiles(1, { lifecycle_stage: 'deleted' }),
      ...modelFiles(2, { source_run_id: RUN.b }),
    });
    expect(paths).toEqual(['weights.bin']);
  });

  it('cannot lead out of the version by their names', async () => {
    const { paths } = await filesOfRun({
      ...modelFiles(1, { name: "'../../out'" }),
      ...modelFiles(2, { name: "'a/b'" }),
      ...modelFiles(3, { name: 'nul' }),
    });
    expect(paths).toEqual([
      '_.._out/MLmodel',
      '_.._out/model.onnx',
      'a_b/MLmodel',
      'a_b/model.onnx',
      'model-nul/MLmodel',
      'model-nul/model.onnx',
      'weights.bin',
    ]);
  });

  it('cannot lead out of their store by their ids', async () => {
    using fixture = await registryFixture();
    const files = modelFiles(1, { artifact_location: 'file:///nowhere/else', model_id: "'../../secret'" });
    const renamed = Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path.replace(/m-0+1/, 'm-1'), text]),
    );
    const uri = folderStore(fixture.work, { ...runFiles(RUN.a), ...renamed });
    await expectRefusal(fixture, () => addFrom(fixture, `mlflow:${RUN.a}/net`, { uri }), {
      code: 'not-found',
      names: ['net'],
    });
  });

  it('clash with an artifact of their name as any two files do', async () => {
    using fixture = await registryFixture();
    const files = { ...runFiles(RUN.a), ...modelFiles(1), [`1/${RUN.a}/artifacts/net/MLmodel`]: 'other' };
    const uri = folderStore(fixture.work, files);
    await expectRefusal(fixture, () => addFrom(fixture, `mlflow:${RUN.a}`, { uri }), {
      code: 'invalid',
      names: ['net/MLmodel'],
    });
  });
});
