import { testSealedBitFlips } from './bit-flips.ts';

testSealedBitFlips(12);
