import { DIMENSIONS_MAX } from './layout.ts';

const MAGIC = '\x93NUMPY';

/** The header is a Python dictionary in a form that NumPy always writes the same way. */
const DESCRIPTION =
  /^\{'descr': '([^']{1,64})', 'fortran_order': (?:True|False), 'shape': \(([\d, ]{0,1024})\), \}\s*$/;

/**
 * Reads the header of a `.npy` array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 *
 * @param bytes its beginning; a header that goes on beyond them is not understood
 * @returns `null` when it is none, or of a structured dtype
 */
export function parseNpyHeader(bytes: Buffer): { dtype: string; shape: number[] } | null {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== MAGIC) return null;
  const isShort = bytes[6] === 1;
  const from = isShort ? 10 : 12;
  const to = from + (isShort ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const match = to <= bytes.length ? DESCRIPTION.exec(bytes.toString('latin1', from, to)) : null;
  if (!match) return null;
  const shape = match[2]!.split(',').map((number) => number.trim());
  const dimensions = shape.filter((number) => number !== '').map(Number);
  return dimensions.length <= DIMENSIONS_MAX ? { dtype: match[1]!, shape: dimensions } : null;
}
