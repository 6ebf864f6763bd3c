import { setTimeout as wait } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { cairn } from '../cairn.ts';
import type { Dataset } from '../data/data.ts';
import { compare } from '../measure/compare.ts';
import { recorded } from '../measure/recorded.ts';
import { bytes } from '../measure/sample.ts';
import { nativeSha256 } from '../partners.ts';
import type { Line } from '../report/line.ts';
import { formatDataSize } from '../report/units.ts';
import type { Row } from './row.ts';
import { withFolder, withStockedRegistry } from './stocked.ts';

/** What a file held is remembered only when it had been left alone for a minute before it was read. */
const SETTLED_AFTER_MS = 61_000;

/** A version of a folder that is a version already. */
export const again: Row = {
  name: 'again',
  async measure(bench) {
    const dataset = bench.data.weights();
    await waitUntilSettled(bench, dataset);
    return withStockedRegistry(bench, dataset, async (registry) => [
      ...(await timeAgain(bench, dataset, registry)),
      ...(await bytesRead(bench, dataset, registry)),
    ]);
  },
};

async function waitUntilSettled(bench: Bench, { writtenAt }: Dataset): Promise<void> {
  const left = writtenAt + SETTLED_AFTER_MS - Date.now();
  if (left <= 0) return;
  bench.say(`waiting ${Math.ceil(left / 1000)} s, until the data is old enough to be remembered`);
  await wait(left);
}

async function timeAgain(bench: Bench, dataset: Dataset, registry: string): Promise<Line[]> {
  const contestant = {
    name: 'cairn add',
    prepare: (_: string, round: number) => {
      const version = `model@again${round}`;
      return { source: dataset.folder, commands: [cairn(registry, 'add', version, dataset.folder)] };
    },
  };
  const what = `\`add\` again of an unchanged folder of ${formatDataSize(dataset.size)}`;
  const lines = await compare(bench, { what, contestant }, [{ contestant: nativeSha256(dataset.file) }]);
  return lines.flatMap((line): Line[] => [
    { what, measured: line.measured, limits: { judge: 'quantity', reachFor: 0.1 } },
    { ...line, limits: { judge: 'share', atLeast: 1 } },
  ]);
}

/** A process reads its own program and the indexes of the repository too, as `cairn ls` does. */
async function bytesRead(bench: Bench, dataset: Dataset, registry: string): Promise<Line[]> {
  return withFolder(bench, async (folder) => {
    const listing = await recorded(folder, registry, ['ls', 'model']);
    const adding = await recorded(folder, registry, ['add', 'model@read', dataset.folder]);
    if (listing.bytesRead === null || adding.bytesRead === null) {
      bench.note('What is read when an unchanged folder is added was not counted: that takes /proc.');
      return [];
    }
    return [
      {
        what: 'what that reads more than `ls` does',
        measured: bytes(Math.max(0, adding.bytesRead - listing.bytesRead)),
        comparedWith: { name: 'the folder', sample: bytes(dataset.size) },
        limits: { judge: 'share', reachFor: 0.01 },
      },
    ];
  });
}
