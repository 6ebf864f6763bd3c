import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onnxFiles, recordedStore, temporaryFolder } from '@cairn/testkit';
import { afterAll, expect, test } from 'vitest';
import { seeOrigin } from './origin-fixture.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const ONNX = onnxFiles([{ name: 'norm', dtype: 'F32', shape: [4] }], { location: 'x' }).model;

test('weights among the artifacts of a run, and in its models, say what their headers tell', async () => {
  const mlruns = join(folder.path, 'mlruns');
  cpSync(join(recordedStore('mlflow-2-file'), 'mlruns'), mlruns, { recursive: true });
  const model = dirname(findModel(mlruns));
  const artifacts = dirname(model);
  writeFileSync(join(model, 'net.onnx'), ONNX);
  writeFileSync(join(artifacts, 'other.onnx'), ONNX);
  mkdirSync(join(artifacts, 'plots-of-it'));
  writeFileSync(join(artifacts, 'plots-of-it', 'not-looked-at.onnx'), ONNX);
  const run = dirname(artifacts).split(/[\\/]/).at(-1)!;
  const { recorded, details } = await seeOrigin(`mlflow:${run}`, folder.path);
  expect(recorded.headers).toMatchObject([{ file: 'other.onnx', parameters: 4 }, { file: 'net.onnx' }]);
  expect(details.labels).toMatchObject({ parameters: '8', dtype: 'FLOAT' });
});

function findModel(root: string): string {
  const paths = readdirSync(root, { recursive: true }).map(String).sort();
  return join(root, paths.find((path) => /artifacts[\\/][^\\/]+[\\/]MLmodel$/.test(path))!);
}
