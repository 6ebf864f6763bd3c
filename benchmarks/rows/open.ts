import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { cairn, makeRegistry, modelFolder } from '../cairn.ts';
import type { Dataset } from '../data/data.ts';
import { packageOptions, writePackage } from '../data/package.ts';
import type { Contestant } from '../measure/alternate.ts';
import { compare } from '../measure/compare.ts';
import { isInstalled, run } from '../measure/process.ts';
import type { Line } from '../report/line.ts';
import { formatDataSize } from '../report/units.ts';
import { makeSealers, type Sealer } from '../sealing-partners.ts';
import type { Row } from './row.ts';
import { withFolder } from './stocked.ts';

/** Opening one sealed file by itself, and taking a sealed package out against the same package stored plain. */
export const open: Row = {
  name: 'open',
  async measure(bench) {
    const dataset = bench.data.weights();
    return withFolder(bench, async (folder) => {
      const [own, ...others] = await makeSealers(folder);
      const what = `opening ${formatDataSize(dataset.size)} of ${dataset.name}`;
      const rivals = [];
      for (const sealer of others) {
        rivals.push({
          contestant: await opening(sealer, dataset, folder),
          limits: { judge: 'advantage', atLeast: 1 } as const,
        });
      }
      const file = await compare(bench, { what, contestant: await opening(own, dataset, folder) }, rivals);
      return [...file, ...(await getSealed(bench, dataset, folder))];
    });
  },
};

async function opening(sealer: Sealer, { file }: Dataset, folder: string): Promise<Contestant> {
  const { name, needs } = sealer;
  const sealed = join(folder, `sealed-by-${name.replace(/\W/g, '-')}`);
  if (needs === undefined || isInstalled(needs)) await run(sealer.seal(file, sealed));
  return {
    name,
    ...(needs !== undefined && { needs }),
    prepare: (place) => {
      const to = join(place, 'opened');
      return { source: sealed, commands: [sealer.open(sealed, to), { program: 'sync', args: [to] }] };
    },
  };
}

async function getSealed(bench: Bench, dataset: Dataset, folder: string): Promise<Line[]> {
  const registry = await makeRegistry(folder, 'model');
  const parts = packageOptions(writePackage(folder, dataset));
  const sealed = ['--type', 'packaged-encrypted', '--encrypt', 'auto'];
  await run(cairn(registry, 'add', 'model@plain', '--type', 'packaged', ...parts));
  await run(cairn(registry, 'add', 'model@sealed', ...sealed, ...parts));
  const taking = (name: string, version: string): Contestant => ({
    name,
    prepare: (place) => {
      const command = cairn(registry, 'get', `model@${version}`, join(place, 'taken-out'));
      return { source: modelFolder(registry, 'model'), commands: [command] };
    },
  });
  const what = `\`get\` of a package of ${formatDataSize(dataset.size)}, sealed`;
  return compare(bench, { what, contestant: taking('cairn get, sealed', 'sealed') }, [
    { contestant: taking('cairn get, packaged', 'plain') },
  ]);
}
