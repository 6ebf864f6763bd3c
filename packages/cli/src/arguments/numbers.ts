import { usageError } from '../errors.ts';

/** A whole number within bounds; throws a usage error for anything else. */
export function parseNumber(
  option: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw usageError(`--${option} '${text}' is not a number from ${min} to ${max}`);
}
