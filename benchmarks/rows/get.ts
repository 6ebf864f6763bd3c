import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { cairn, modelFolder } from '../cairn.ts';
import type { Dataset } from '../data/data.ts';
import { compare } from '../measure/compare.ts';
import { copyAndSync } from '../partners.ts';
import type { Line } from '../report/line.ts';
import { formatDataSize } from '../report/units.ts';
import type { Row } from './row.ts';
import { withStockedRegistry } from './stocked.ts';

/** A version out into a new folder, every byte checked. */
export const get: Row = {
  name: 'get',
  async measure(bench) {
    return [
      ...(await getDataset(bench, bench.data.weights())),
      ...(await getDataset(bench, bench.data.random())),
    ];
  },
};

function getDataset(bench: Bench, dataset: Dataset): Promise<Line[]> {
  return withStockedRegistry(bench, dataset, (registry) => {
    const source = modelFolder(registry, 'model');
    const contestant = {
      name: 'cairn get',
      prepare: (folder: string) => {
        return { source, commands: [cairn(registry, 'get', 'model@v1', join(folder, 'taken-out'))] };
      },
    };
    const what = `\`get\` of ${formatDataSize(dataset.size)} of ${dataset.name}`;
    return compare(bench, { what, contestant }, [
      { contestant: copyAndSync(dataset), limits: { judge: 'share', reachFor: 1, atLeast: 1.5 } },
    ]);
  });
}
