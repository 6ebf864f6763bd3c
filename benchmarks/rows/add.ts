import type { Bench } from '../bench.ts';
import { cairn, makeRegistry } from '../cairn.ts';
import type { Dataset } from '../data/data.ts';
import type { Contestant } from '../measure/alternate.ts';
import { compare } from '../measure/compare.ts';
import { copyAndSync, gitAdd, gitLfs, sha256sum } from '../partners.ts';
import type { Line } from '../report/line.ts';
import { formatDataSize } from '../report/units.ts';
import type { Row } from './row.ts';

/** A first version, durable, of data that nothing is known of. */
export const add: Row = {
  name: 'add',
  async measure(bench) {
    return [
      ...(await addDataset(bench, bench.data.weights())),
      ...(await addDataset(bench, bench.data.random())),
    ];
  },
};

function addDataset(bench: Bench, dataset: Dataset): Promise<Line[]> {
  const what = `\`add\` of ${formatDataSize(dataset.size)} of ${dataset.name}`;
  return compare(bench, { what, contestant: addToNewModel(dataset) }, [
    { contestant: copyAndSync(dataset), limits: { judge: 'share', reachFor: 1, atLeast: 1.5 } },
    { contestant: gitLfs(dataset), limits: { judge: 'advantage', atLeast: 3 } },
    { contestant: gitAdd(dataset), limits: { judge: 'advantage', atLeast: 15 } },
    { contestant: gitAdd(dataset, ['core.compression=0']) },
    { contestant: sha256sum(dataset.file) },
  ]);
}

function addToNewModel({ folder: source }: Dataset): Contestant {
  return {
    name: 'cairn add',
    prepare: async (folder) => {
      const registry = await makeRegistry(folder, 'model');
      return { source, commands: [cairn(registry, 'add', 'model@v1', source)] };
    },
  };
}
