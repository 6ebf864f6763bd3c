import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { makeRegistry } from '../cairn.ts';
import { type Dataset, makeWeights } from '../data/data.ts';
import { recorded } from '../measure/recorded.ts';
import { bytes } from '../measure/sample.ts';
import type { Limits, Line } from '../report/line.ts';
import { formatDataSize } from '../report/units.ts';
import { freeSpace } from '../work-folder.ts';
import type { Row } from './row.ts';
import { withFolder } from './stocked.ts';

const LARGER = 8;

/** The data, the registry, and what is taken out of it. */
const ROOM = 3;

const LIMITS: Limits = { judge: 'quantity', reachFor: 150e6, atLeast: 300e6 };

/** How much memory the work takes, for a file and for one eight times as large. */
export const memory: Row = {
  name: 'memory',
  async measure(bench) {
    const lines = await peaksOf(bench, bench.data.weights(), bench.runs);
    const size = LARGER * bench.size;
    if (freeSpace(bench.folder) < ROOM * size) {
      const wanted = `${ROOM} times as much room`;
      bench.note(`Memory for ${formatDataSize(size)} was not measured: the disk has not ${wanted}.`);
      return lines;
    }
    return withFolder(bench, async (folder) => {
      bench.say(`making ${formatDataSize(size)} of weights`);
      return [...lines, ...(await peaksOf(bench, makeWeights(join(folder, 'large'), size), 1))];
    });
  },
};

async function peaksOf(bench: Bench, dataset: Dataset, runs: number): Promise<Line[]> {
  const peaks = { add: [] as number[], get: [] as number[], verify: [] as number[] };
  for (let round = 0; round < runs; round += 1) {
    bench.say(`memory for ${formatDataSize(dataset.size)}`);
    await withFolder(bench, async (folder) => {
      const registry = await makeRegistry(folder, 'model');
      const peak = async (...args: string[]) => (await recorded(folder, registry, args)).peakMemory;
      peaks.add.push(await peak('add', 'model@v1', dataset.folder));
      peaks.verify.push(await peak('verify', 'model@v1'));
      peaks.get.push(await peak('get', 'model@v1', join(folder, 'taken-out')));
    });
  }
  return Object.entries(peaks).map(([command, values]) => ({
    what: `peak memory of \`${command}\`, ${formatDataSize(dataset.size)}`,
    measured: bytes(Math.max(...values)),
    limits: LIMITS,
  }));
}
