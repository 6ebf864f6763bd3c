import type { Engine } from '../src/engines/engine.ts';
import { nodeEngine } from '../src/engines/node.ts';
import { pureEngine } from '../src/engines/pure.ts';
import { webCryptoEngine } from '../src/engines/webcrypto.ts';

export const engines: readonly Engine[] = [nodeEngine, webCryptoEngine, pureEngine];

/** An engine whose random bytes count up from 0, for bytes that are the same in every run. */
export function countingEngine(engine: Engine): Engine {
  let next = 0;
  return { ...engine, randomBytes: (size) => Uint8Array.from({ length: size }, () => next++) };
}

/** An engine that cannot derive: whatever runs on it does no work before it has looked. */
export const idleEngine: Engine = {
  ...nodeEngine,
  scrypt: () => Promise.reject(new Error('scrypt ran')),
  hmacSha512: () => {
    throw new Error('HMAC ran');
  },
  cipher: () => {
    throw new Error('a cipher was made');
  },
};
