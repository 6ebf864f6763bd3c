import { testUpkeep } from '../../oracle/upkeep.ts';

testUpkeep([
  'repack -adf with deltas that name their base',
  'repack with everything compressed',
  'repack into packs of a megabyte',
  'repack into cruft packs',
  'pack-refs --all',
  'loose files beside packs, then prune-packed',
]);
