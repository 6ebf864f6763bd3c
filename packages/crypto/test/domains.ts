import type { Engine } from '../src/engines/engine.ts';
import { nodeEngine } from '../src/engines/node.ts';
import { KeyDomain } from '../src/keys/key-domain.ts';
import { counting } from './bytes.ts';

/** Segments of 16 KiB, the smallest there are. */
export const SMALL_LOG2 = 14;
export const SMALL = 2 ** SMALL_LOG2;

/** A key domain without an envelope. */
export function testDomain(engine: Engine = nodeEngine, segmentLog2 = SMALL_LOG2, seed = 0): KeyDomain {
  return new KeyDomain(engine, counting(32, seed), segmentLog2, counting(32, seed + 100));
}
