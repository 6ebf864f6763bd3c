import { usageError } from '../errors.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** `1000`, `500K`, `32M` or `1G` in bytes, by powers of 1024; throws a usage error for anything else. */
export function parseSize(option: string, text: string): number {
  const match = /^(\d{1,9})([KMG]?)$/i.exec(text);
  const size = match ? Number(match[1]) * UNITS[match[2]!.toUpperCase()]! : 0;
  if (size > 0) return size;
  throw usageError(`--${option} '${text}' is not a size`, 'write it as 1000, 500K, 32M or 1G');
}
