import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, it } from 'vitest';
import { listRuns } from '../../../src/index.ts';
import { folderStore, runFiles } from '../../sources/mlflow/made-store.ts';

const RUNS = 1_000;

/** A value a step of an epoch. */
const CURVE = Array.from(
  { length: 50 },
  (_, step) => `${1_700_000_000_000 + step} ${1 / (step + 1)} ${step}\n`,
).join('');

describe('a folder of a thousand runs', () => {
  it('is listed whole, with the last value of every metric', async () => {
    using folder = temporaryFolder();
    const files: Record<string, string> = {};
    for (let number = 0; number < RUNS; number += 1) {
      const id = number.toString(16).padStart(32, '0');
      const fields = { run_name: `run-${number}`, start_time: String(1_700_000_000_000 + number) };
      Object.assign(files, runFiles(id, fields));
      for (const metric of ['loss', 'val/loss', 'accuracy']) files[`1/${id}/metrics/${metric}`] = CURVE;
    }
    const uri = folderStore(folder.path, files);
    const { runs, problems } = await listRuns({ uri, workingFolder: folder.path, variables: {} });
    expect(problems).toEqual([]);
    expect(runs.map(({ name }) => name)).toEqual(
      Array.from({ length: RUNS }, (_, index) => `run-${RUNS - 1 - index}`),
    );
    for (const { metrics } of runs) expect(metrics).toEqual({ accuracy: 0.02, loss: 0.02, 'val/loss': 0.02 });
  });
});
