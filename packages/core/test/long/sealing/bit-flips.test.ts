import { testSealedBitFlips } from '../../sealing/bit-flips.ts';

testSealedBitFlips(200);
