import { testBitFlips } from './explore.ts';
testBitFlips(Number(process.env['RUNS'] ?? 300));
