import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { cairn, modelFolder } from '../cairn.ts';
import { type Dataset, makeWeights } from '../data/data.ts';
import { changeTensor, TENSORS, tensorSize } from '../data/weights.ts';
import type { Contestant } from '../measure/alternate.ts';
import { compare } from '../measure/compare.ts';
import { sizeOf } from '../measure/page-cache.ts';
import { bytes } from '../measure/sample.ts';
import { nativeSha256, sha256sum } from '../partners.ts';
import type { Line } from '../report/line.ts';
import { formatDataSize } from '../report/units.ts';
import type { Row } from './row.ts';
import { withFolder, withStockedRegistry } from './stocked.ts';

/** Fewer runs than this cannot show how the repository grows. */
const VERSIONS = 3;

/** Versions that differ from the one before in one tensor of 64. */
export const changed: Row = {
  name: 'changed',
  measure: (bench) =>
    withFolder(bench, (folder) => {
      const dataset = makeWeights(join(folder, 'data'), bench.size);
      return withStockedRegistry(bench, dataset, async (registry) => {
        const sizes = [sizeOf(modelFolder(registry, 'model'))];
        const often = { ...bench, runs: Math.max(VERSIONS, bench.runs) };
        const stored = (size: number) => sizes.push(size);
        const times = await timeChanges(often, { dataset, registry, stored });
        stored(sizeOf(modelFolder(registry, 'model')));
        return [...times, ...growth(bench, sizes)];
      });
    }),
};

interface Changes {
  readonly dataset: Dataset;
  readonly registry: string;
  /** Called before each version but the first with the size of the repository. */
  readonly stored: (size: number) => void;
}

function timeChanges(bench: Bench, { dataset, registry, stored }: Changes): Promise<Line[]> {
  const contestant: Contestant = {
    name: 'cairn add',
    prepare: (_, round) => {
      if (round > 0) stored(sizeOf(modelFolder(registry, 'model')));
      changeTensor(dataset.file, bench.size, { index: (7 + 11 * round) % TENSORS, seed: `changed/${round}` });
      const version = `model@v${round + 2}`;
      return { source: dataset.folder, commands: [cairn(registry, 'add', version, dataset.folder)] };
    },
  };
  const what = `\`add\` of a version with 1 of ${TENSORS} tensors changed`;
  return compare(bench, { what, contestant }, [
    { contestant: nativeSha256(dataset.file), limits: { judge: 'share', reachFor: 1 } },
    { contestant: sha256sum(dataset.file), limits: { judge: 'share', atLeast: 1 } },
  ]);
}

function growth({ size }: Bench, sizes: readonly number[]): Line[] {
  const grown = sizes.slice(1).map((after, index) => after - sizes[index]!);
  return [
    {
      what: 'what such a version stores',
      measured: bytes(...grown),
      comparedWith: { name: 'the changed tensor', sample: bytes(tensorSize(size)) },
      limits: { judge: 'share', atLeast: 1.02 },
    },
    {
      what: `the repository with a version and ${VERSIONS} changed ones`,
      measured: bytes(sizes[VERSIONS]!),
      comparedWith: { name: formatDataSize(size), sample: bytes(size) },
      limits: { judge: 'share', atLeast: 1.05 },
    },
  ];
}
