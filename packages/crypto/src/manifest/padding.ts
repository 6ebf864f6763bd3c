/** The least that is sealed, so that small packages all look alike, and PADMÉ's logarithms are defined. */
export const PADDED_SIZE_MIN = 4096;

/**
 * The size that `size` bytes are padded to: PADMÉ (Nikitin et al., "Reducing Metadata Leakage from Encrypted
 * Files", PETS 2019, algorithm 1), and at least 4 KiB. It adds at most 6.3 %, from
 * 64 KiB on 3.2 %, from 4 GiB on 1.6 %.
 */
export function paddedSize(size: number): number {
  if (size <= PADDED_SIZE_MIN) return PADDED_SIZE_MIN;
  const exponent = floorLog2(size);
  const unit = 2 ** (exponent - floorLog2(exponent) - 1);
  return Math.ceil(size / unit) * unit;
}

/** Counted, because the platform's logarithm rounds up just below a power of two. */
function floorLog2(value: number): number {
  let exponent = 0;
  while (2 ** (exponent + 1) <= value) exponent += 1;
  return exponent;
}
