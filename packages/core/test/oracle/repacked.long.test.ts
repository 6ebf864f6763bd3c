import { testUpkeep } from './upkeep.ts';

testUpkeep([
  'gc --aggressive',
  'repack -adf with deltas of parts and a bitmap',
  'multi-pack-index and commit-graph',
  'unpack-objects into loose files',
]);
