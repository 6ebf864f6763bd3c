import { cairn } from '../cairn.ts';
import { registryOfModels } from '../data/registries.ts';
import { run } from '../measure/process.ts';
import { recorded } from '../measure/recorded.ts';
import { seconds } from '../measure/sample.ts';
import type { Row } from './row.ts';
import { withFolder } from './stocked.ts';

const MODELS = 3;

/** A single run of so short a process says little. */
const ROUNDS_PER_RUN = 3;

/** What starting costs: the processor time of the shortest command that reads something. */
export const startUp: Row = {
  name: 'start-up',
  measure: (bench) =>
    withFolder(bench, async (folder) => {
      const what = 'processor time of `ls` of a small registry';
      bench.say(what);
      const registry = await registryOfModels(folder, MODELS, () => {});
      await run(cairn(registry, 'ls'));
      const times: number[] = [];
      for (let round = 0; round < ROUNDS_PER_RUN * bench.runs; round += 1) {
        times.push((await recorded(folder, registry, ['ls'])).processorSeconds);
      }
      return [{ what, measured: seconds(...times), limits: { judge: 'quantity', atLeast: 0.15 } }];
    }),
};
