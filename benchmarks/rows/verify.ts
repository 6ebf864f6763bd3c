import { cairn, modelFolder } from '../cairn.ts';
import { compare } from '../measure/compare.ts';
import { nativeSha256, sha256sum } from '../partners.ts';
import { formatDataSize } from '../report/units.ts';
import type { Row } from './row.ts';
import { withStockedRegistry } from './stocked.ts';

/** A version checked where it lies. */
export const verify: Row = {
  name: 'verify',
  measure(bench) {
    const dataset = bench.data.weights();
    return withStockedRegistry(bench, dataset, (registry) => {
      const stage = {
        source: modelFolder(registry, 'model'),
        commands: [cairn(registry, 'verify', 'model@v1')],
      };
      const contestant = { name: 'cairn verify', prepare: () => stage };
      const what = `\`verify\` of ${formatDataSize(dataset.size)} of ${dataset.name}`;
      return compare(bench, { what, contestant }, [
        { contestant: nativeSha256(dataset.file) },
        { contestant: sha256sum(dataset.file) },
      ]);
    });
  },
};
