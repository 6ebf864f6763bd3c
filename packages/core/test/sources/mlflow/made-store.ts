import { join } from 'node:path';
import { writeFiles } from '../../registry-fixture.ts';

/** Ids as MLflow makes them. */
export const RUN = {
  a: 'aaaaaaaa000000000000000000000001',
  b: 'bbbbbbbb000000000000000000000002',
  c: 'cccccccc000000000000000000000003',
};

/** Writes a folder `mlruns` by hand, as MLflow lays it out, for what no MLflow would write. */
export function folderStore(folder: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, 'mlruns');
  writeFiles(root, {
    '1/meta.yaml': "experiment_id: '1'\nlifecycle_stage: active\nname: trials\n",
    ...files,
  });
  return root;
}

/** The files of a whole run with one artifact. */
export function runFiles(id: string, fields: Readonly<Record<string, string>> = {}): Record<string, string> {
  const meta = {
    artifact_uri: `file:///nowhere/mlruns/1/${id}/artifacts`,
    end_time: '1700000001000',
    experiment_id: "'1'",
    lifecycle_stage: 'active',
    run_id: id,
    run_name: 'trial',
    start_time: '1700000000000',
    status: '3',
    ...fields,
  };
  const lines = Object.entries(meta).map(([key, value]) => `${key}: ${value}\n`);
  return { [`1/${id}/meta.yaml`]: lines.join(''), [`1/${id}/artifacts/weights.bin`]: 'weights' };
}
