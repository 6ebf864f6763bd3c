import { testBitFlips } from '../../properties/bit-flips.ts';

testBitFlips(400);
