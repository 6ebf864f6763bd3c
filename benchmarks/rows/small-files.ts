import { join } from 'node:path';
import { scaled } from '../bench.ts';
import { cairn, makeRegistry } from '../cairn.ts';
import { writeSmallFiles } from '../data/small-files.ts';
import { alternate } from '../measure/alternate.ts';
import { formatCount } from '../report/units.ts';
import type { Row } from './row.ts';
import { withFolder } from './stocked.ts';

/** A version of very many files. */
export const smallFiles: Row = {
  name: 'small-files',
  measure: (bench) =>
    withFolder(bench, async (folder) => {
      const count = scaled(bench, 100_000);
      const what = `\`add\` of ${formatCount(count)} small files in one version`;
      const source = join(folder, 'files');
      writeSmallFiles(source, count);
      bench.say(what);
      const contestant = {
        name: 'cairn add',
        prepare: async (folder: string) => {
          const registry = await makeRegistry(folder, 'model');
          return { source, commands: [cairn(registry, 'add', 'model@v1', source)] };
        },
      };
      const [measured] = await alternate(bench, [contestant]);
      return [{ what, measured: measured!, limits: { judge: 'quantity', reachFor: 20, atLeast: 60 } }];
    }),
};
