import { hash } from 'node:crypto';

const GEAR_LABEL = 'cairn/parts/gear/1';

/**
 * The 256 numbers that the rolling hash adds, one per byte value: the first four bytes, big-endian and signed, of
 * SHA-256 over the label, a colon and the byte value in decimal. They are part of the format: with other numbers
 * the same file would be cut elsewhere and share nothing with what is stored.
 */
export function gearTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) =>
    hash('sha256', `${GEAR_LABEL}:${byte}`, 'buffer').readInt32BE(0),
  );
}
