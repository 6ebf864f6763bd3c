import { testBitFlips } from './bit-flips.ts';

testBitFlips(30);
