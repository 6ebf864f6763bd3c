import type { Engine } from './engine.ts';
import { pureEngine } from './pure.ts';
import { webCryptoEngine } from './webcrypto.ts';

/**
 * The best engine of a platform that is not Node: WebCrypto, or pure JavaScript where a page was not
 * loaded over a secure connection and therefore has no WebCrypto. Node's own engine is in `@cairn/crypto/node`.
 */
export function availableEngine(): Engine {
  return globalThis.crypto.subtle === undefined ? pureEngine : webCryptoEngine;
}
