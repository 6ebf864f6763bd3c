import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { cairn, makeRegistry } from '../cairn.ts';
import type { Dataset } from '../data/data.ts';
import { type PackageParts, packageOptions, writePackage } from '../data/package.ts';
import type { Contestant } from '../measure/alternate.ts';
import { compare } from '../measure/compare.ts';
import type { Line } from '../report/line.ts';
import { formatDataSize } from '../report/units.ts';
import { makeSealers, type Sealer } from '../sealing-partners.ts';
import type { Row } from './row.ts';
import { withFolder } from './stocked.ts';

/** Sealing one file by itself, and a package as a version against the same package stored plain. */
export const seal: Row = {
  name: 'seal',
  async measure(bench) {
    const dataset = bench.data.weights();
    return withFolder(bench, async (folder) => {
      const [own, ...others] = await makeSealers(folder);
      const what = `sealing ${formatDataSize(dataset.size)} of ${dataset.name}`;
      const file = await compare(
        bench,
        { what, contestant: sealing(own, dataset) },
        others.map((sealer) => ({
          contestant: sealing(sealer, dataset),
          limits: { judge: 'advantage', atLeast: 1 },
        })),
      );
      return [...file, ...(await addSealed(bench, dataset, writePackage(folder, dataset)))];
    });
  },
};

/** Whoever does not make durable what they write has it synced. */
function sealing({ name, needs, seal: command }: Sealer, { file }: Dataset): Contestant {
  return {
    name,
    ...(needs !== undefined && { needs }),
    prepare: (folder) => {
      const to = join(folder, 'sealed');
      return { source: file, commands: [command(file, to), { program: 'sync', args: [to] }] };
    },
  };
}

function addSealed(bench: Bench, dataset: Dataset, parts: PackageParts): Promise<Line[]> {
  const adding = (name: string, ...options: string[]): Contestant => ({
    name,
    prepare: async (folder) => {
      const registry = await makeRegistry(folder, 'model');
      const add = cairn(registry, 'add', 'model@v1', ...options, ...packageOptions(parts));
      return { source: dataset.file, commands: [add] };
    },
  });
  const what = `\`add\` of a package of ${formatDataSize(dataset.size)}, sealed`;
  const contestant = adding('cairn add, sealed', '--type', 'packaged-encrypted', '--encrypt', 'auto');
  return compare(bench, { what, contestant }, [
    {
      contestant: adding('cairn add, packaged', '--type', 'packaged'),
      // A speed of 0.7 is a time of 1 / 0.7.
      limits: { judge: 'share', atLeast: 1 / 0.7 },
    },
  ]);
}
