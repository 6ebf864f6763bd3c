import { createCipheriv, createHash } from 'node:crypto';

/** Encrypted at once: small enough to stay in the processor's cache on its way into the result. */
const STEP = 2 ** 20;

/**
 * Bytes without a pattern, the same for the same seed on every machine: AES-256 in counter mode over zeros, the key
 * being the SHA-256 of the seed.
 */
export function pseudoRandomBytes(seed: string | number, size: number): Buffer {
  const key = createHash('sha256').update(`cairn/testkit/${seed}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(Math.min(size, STEP));
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let from = 0; from < size; from += STEP) {
    cipher.update(zeros.subarray(0, Math.min(STEP, size - from))).copy(bytes, from);
  }
  return bytes;
}

/** About the standard deviation of the weights of a trained linear layer. */
const DEVIATION = 0.02;

/** Always the same table, made when it is first asked for: making it takes longer than making a small tensor. */
let madeQuantiles: Uint16Array | undefined;

/** Little-endian bfloat16 numbers that look like trained weights: bell-shaped around 0, with a few far out. */
export function bf16Weights(seed: string | number, count: number): Buffer {
  const quantiles = bf16Quantiles();
  const weights = pseudoRandomBytes(seed, count * 2);
  const values = new Uint16Array(weights.buffer);
  for (let index = 0; index < count; index++) values[index] = quantiles[values[index]!]!;
  return weights;
}

/** The same as 32-bit floats, whose lower halves are random. */
export function f32Weights(seed: string | number, count: number): Buffer {
  const quantiles = bf16Quantiles();
  const weights = pseudoRandomBytes(seed, count * 4);
  const values = new Uint32Array(weights.buffer);
  for (let index = 0; index < count; index++) {
    const random = values[index]!;
    values[index] = (quantiles[random >>> 16]! << 16) | (random & 0xffff);
  }
  return weights;
}

function bf16Quantiles(): Uint16Array {
  madeQuantiles ??= makeQuantiles();
  return madeQuantiles;
}

/** The logistic distribution cut into 2^16 parts of equal probability; a bfloat16 is the upper half of a float. */
function makeQuantiles(): Uint16Array {
  const scale = (DEVIATION * Math.sqrt(3)) / Math.PI;
  const weights = Float32Array.from({ length: 2 ** 16 }, (_, index) => {
    const probability = (index + 0.5) / 2 ** 16;
    return scale * Math.log(probability / (1 - probability));
  });
  return Uint16Array.from(new Uint32Array(weights.buffer), (bits) => bits >>> 16);
}
